//! The report as XML that CI systems take as one of tests: a build is a test case.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{BuildReport, Outcome, Report};
use crate::diagnostic::printable;

/// The suite, and what is a class of it for combinations that there are not.
const SUITE: &str = "dynamo-frontend bake";
const LEFT_OUT: &str = "left out";

type Xml = Writer<Vec<u8>>;

/// The document.
pub(super) fn document(report: &Report) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(report, &mut xml).expect("a vector takes all that is written");
    let mut text = String::from_utf8(xml.into_inner()).expect("text was written");
    text.push('\n');
    // No document of XML may have these two.
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn write(report: &Report, xml: &mut Xml) -> io::Result<()> {
    let count = report.count;
    let skipped = count.cancelled + count.exists + count.skipped + count.left_out;
    let tests = report.builds.len() + report.left_out.len();
    let took: f64 = report.builds.iter().map(seconds).sum();
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = [
        ("name", SUITE.to_owned()),
        ("tests", tests.to_string()),
        ("failures", count.failed.to_string()),
        ("errors", 0.to_string()),
        ("skipped", skipped.to_string()),
        ("time", format!("{took:.1}")),
    ];
    let attributes = || all.iter().map(|(name, value)| (*name, value.as_str()));
    let suites = xml
        .create_element("testsuites")
        .with_attributes(attributes());
    suites.write_inner_content(|xml| {
        let suite = xml
            .create_element("testsuite")
            .with_attributes(attributes());
        suite.write_inner_content(|xml| cases(report, xml))?;
        Ok(())
    })?;
    Ok(())
}

fn cases(report: &Report, xml: &mut Xml) -> io::Result<()> {
    for build in &report.builds {
        case(build, xml)?;
    }
    for one in &report.left_out {
        let case = xml.create_element("testcase").with_attributes([
            ("classname", LEFT_OUT),
            ("name", printable(&one.what).as_str()),
            ("time", "0.0"),
        ]);
        case.write_inner_content(|xml| skipped(&one.reason, xml))?;
    }
    Ok(())
}

fn case(build: &BuildReport, xml: &mut Xml) -> io::Result<()> {
    let time = format!("{:.1}", seconds(build));
    let case = xml.create_element("testcase").with_attributes([
        ("classname", build.framework),
        ("name", build.name.as_str()),
        ("time", time.as_str()),
    ]);
    match &build.outcome {
        Outcome::Built { .. } => {
            case.write_empty()?;
        }
        Outcome::Failed { failure } => {
            let place = failure.place().map(|place| format!("{place}: "));
            let message = format!("{}{}", place.unwrap_or_default(), failure.message);
            case.write_inner_content(|xml| {
                let failed = xml.create_element("failure");
                let failed = failed.with_attribute(("message", message.as_str()));
                // Not every system shows the message.
                let text = format!("{message}\n\n{}", failure.text);
                failed.write_text_content(BytesText::new(&text))?;
                Ok(())
            })?;
        }
        Outcome::Cancelled => {
            case.write_inner_content(|xml| skipped("cancelled", xml))?;
        }
        Outcome::Exists { image } => {
            case.write_inner_content(|xml| skipped(&format!("there is `{image}`"), xml))?;
        }
        Outcome::Skipped { reason } => {
            case.write_inner_content(|xml| skipped(reason, xml))?;
        }
    }
    Ok(())
}

fn skipped(reason: &str, xml: &mut Xml) -> io::Result<()> {
    let reason = printable(reason);
    let skipped = xml.create_element("skipped");
    skipped
        .with_attribute(("message", reason.as_str()))
        .write_empty()?;
    Ok(())
}

fn seconds(build: &BuildReport) -> f64 {
    build.took.unwrap_or_default().as_secs_f64()
}
