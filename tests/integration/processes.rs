//! What the client says of every process: proxies, hosts, network, limits.

use buildkit_proto::{pb, rpc};
use dynamo_frontend::gateway::double::{Daemon, Method};

use crate::case::{Case, MINIMAL, Named, Ran, named};

/// The processes of the build.
fn processes(ran: &Ran) -> Vec<pb::ExecOp> {
    let all = named(&ran.graph());
    let found: Vec<_> = all.values().filter_map(Named::exec).cloned().collect();
    assert!(!found.is_empty());
    found
}

fn metas(ran: &Ran) -> Vec<pb::Meta> {
    let meta = |exec: pb::ExecOp| exec.meta.expect("a process");
    processes(ran).into_iter().map(meta).collect()
}

#[test]
fn case_34_proxies_reach_steps_that_have_a_network_and_stay_out_of_everything_else() {
    let ran = Case::spec(MINIMAL)
        .option("build-arg:HTTP_PROXY", "http://upper")
        .option("build-arg:https_proxy", "http://name:secret@lower")
        .option("build-arg:No_Proxy", "local")
        .run();
    for exec in processes(&ran) {
        let off = exec.network() == pb::NetMode::None;
        let meta = exec.meta.expect("a process");
        let proxy = meta
            .proxy_env
            .map(|proxy| (proxy.http_proxy, proxy.https_proxy, proxy.no_proxy));
        let wanted = ("http://upper", "http://name:secret@lower", "local");
        let wanted = (
            wanted.0.to_owned(),
            wanted.1.to_owned(),
            wanted.2.to_owned(),
        );
        assert_eq!(proxy, (!off).then_some(wanted));
        assert!(!meta.env.iter().any(|pair| pair.contains("secret")));
    }
    let metadata = ran.result().metadata.values();
    let texts = metadata.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(!texts.collect::<String>().contains("secret"));
    assert!(!format!("{:?}", ran.graph().source).contains("secret"));
    assert!(
        metas(&Case::spec(MINIMAL).run())
            .iter()
            .all(|meta| meta.proxy_env.is_none())
    );
}

#[test]
fn case_26_28_every_process_gets_hosts_limits_and_names() {
    let ran = Case::spec(MINIMAL)
        .option("add-hosts", "Mirror=10.0.0.2,six=[::1]")
        .option("ulimit", "nofile=1024:2048,nproc=5")
        .option("cgroup-parent", "build.slice")
        .option("hostname", "other")
        .option("build-arg:BUILDKIT_SANDBOX_HOSTNAME", "builder")
        .option("shm-size", "67108864")
        .run();
    for exec in processes(&ran) {
        let shm = exec.mounts.iter().find(|mount| mount.dest == "/dev/shm");
        let size = shm
            .and_then(|mount| mount.tmpfs_opt.as_ref())
            .map(|tmpfs| tmpfs.size);
        assert_eq!(size, Some(64 << 20));
        let meta = exec.meta.expect("a process");
        let hosts: Vec<_> = meta
            .extra_hosts
            .iter()
            .map(|one| (&*one.host, &*one.ip))
            .collect();
        assert_eq!(hosts, [("mirror", "10.0.0.2"), ("six", "::1")]);
        let limits: Vec<_> = meta
            .ulimit
            .iter()
            .map(|one| (&*one.name, one.soft, one.hard))
            .collect();
        assert_eq!(limits, [("nofile", 1024, 2048), ("nproc", 5, 5)]);
        assert_eq!(
            (&*meta.cgroup_parent, &*meta.hostname),
            ("build.slice", "builder")
        );
    }
}

#[test]
fn case_27_a_network_mode_holds_for_steps_that_have_a_network() {
    let modes = |mode: &str| {
        let ran = Case::spec(MINIMAL).option("force-network-mode", mode).run();
        processes(&ran)
            .iter()
            .map(pb::ExecOp::network)
            .collect::<Vec<_>>()
    };
    let plain = modes("sandbox");
    assert!(plain.contains(&pb::NetMode::Unset) && plain.contains(&pb::NetMode::None));
    assert_eq!(modes(""), plain);
    assert!(modes("none").iter().all(|mode| *mode == pb::NetMode::None));
    for (host, plain) in modes("host").iter().zip(&plain) {
        let kept = *plain == pb::NetMode::None;
        assert_eq!(
            *host,
            if kept {
                pb::NetMode::None
            } else {
                pb::NetMode::Host
            }
        );
    }
}

#[test]
fn case_27_a_network_that_the_client_may_not_use_is_refused_in_the_daemons_words() {
    let refused = rpc::Status {
        code: 2,
        message: "network.host is not allowed".to_owned(),
        details: Vec::new(),
    };
    let ran = Case::spec(MINIMAL)
        .script(|double| double.fail_nth(Method::Solve, 1, refused))
        .option("force-network-mode", "host")
        .run();
    assert_eq!(ran.error().message, "network.host is not allowed");
    assert_eq!(ran.places(), ["dynamo.yaml:2-2"]);
}

#[test]
fn case_28_limits_on_memory_and_processors_are_said_of_every_process() {
    let case = |daemon| {
        Case::on(daemon, MINIMAL)
            .option("memory", "1048576")
            .option("cpusetcpus", "0-1")
            .run()
    };
    let ran = case(Daemon::head());
    for one in named(&ran.graph())
        .values()
        .filter(|one| one.exec().is_some())
    {
        let limits = one.metadata.linux_resources.clone().expect("limits");
        assert_eq!((limits.memory, &*limits.cpuset_cpus), (1 << 20, "0-1"));
        assert!(one.metadata.caps["exec.meta.linux.resources"]);
    }
    // They are no part of an operation, and so of no cache key.
    assert_eq!(ran.graph().def, Case::spec(MINIMAL).run().graph().def);
    let ran = case(Daemon::v0_25());
    let all = named(&ran.graph());
    assert!(
        all.values()
            .all(|one| one.metadata.linux_resources.is_none())
    );
    let shown = ran.warnings();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(
        shown[0].contains("limits on memory and processor time"),
        "{shown:?}"
    );
}

#[test]
fn case_26_27_28_wrong_values_are_reported_together_and_by_name() {
    let ran = Case::spec(MINIMAL)
        .option("add-hosts", "mirror,bad=address,=::1")
        .option("force-network-mode", "bridge")
        .option("shm-size", "64m")
        .option("ulimit", "nofile=3:2,files=1,nofile=x,nofile=1:-1")
        .run();
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
}
