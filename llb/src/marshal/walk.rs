//! The order of operations in a definition: that of the Go client, without recursion.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::node::Node;

/// All nodes that one needs, itself included; each after what it needs.
pub(super) fn dependencies_first(root: &Node) -> Vec<&Node> {
    let mut order = Vec::new();
    let mut entered = BTreeSet::from([std::ptr::from_ref(root)]);
    let mut stack = vec![(root, root.walk_order().into_iter())];
    while let Some((node, rest)) = stack.last_mut() {
        let node = *node;
        let Some(at) = rest.next() else {
            order.push(node);
            stack.pop();
            continue;
        };
        let input = node.inputs[at].0.as_ref().expect("inputs are not scratch");
        if entered.insert(Arc::as_ptr(&input.node)) {
            stack.push((&input.node, input.node.walk_order().into_iter()));
        }
    }
    order
}
