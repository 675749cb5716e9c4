//! The order of operations in a definition: that of the Go client, without recursion.

use std::collections::BTreeSet;

use crate::node::Node;

/// All nodes that one needs, itself included; each after what it needs.
pub(super) fn dependencies_first(root: &Node) -> Vec<&Node> {
    let mut order = Vec::new();
    let mut entered = BTreeSet::from([std::ptr::from_ref(root)]);
    let mut stack = vec![(root, root.walk_order().into_iter())];
    while let Some((node, rest)) = stack.last_mut() {
        let node = *node;
        match rest.next() {
            Some(at) => {
                let input = node.inputs[at].0.as_ref().expect("inputs are not scratch");
                if entered.insert(std::sync::Arc::as_ptr(&input.node)) {
                    stack.push((&input.node, input.node.walk_order().into_iter()));
                }
            }
            None => {
                order.push(node);
                stack.pop();
            }
        }
    }
    order
}
