//! What arrived, put together from the message and what the kernel said beside it.

use core::ops::Range;

use crate::cmsg::Ancillary;
use crate::datagram::{Address, LoopedFrame, Received};
use crate::message::Message;

pub(crate) fn received(message: &Message, beside: &Ancillary, from: Address) -> Received {
    Received {
        len: message.len,
        truncated: message.flags & libc::MSG_TRUNC != 0,
        from,
        to: beside.to,
        stamp: beside.stamp,
        drops: beside.drops,
        for_others: false,
    }
}

pub(crate) fn looped(payload: Range<usize>, to: Address, beside: &Ancillary) -> LoopedFrame {
    LoopedFrame { payload, to: Some(to), stamp: beside.stamp, id: beside.stamp_id }
}
