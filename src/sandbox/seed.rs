//! Chance that comes out the same every time: a draw depends on the seed and on what it is drawn for, not on the order.

/// A number drawn for `what` under `seed`. FNV-1a over the parts, then the mixer of splitmix64.
pub(super) fn draw(seed: u64, what: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for part in what {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash ^= hash >> 30;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^= hash >> 27;
    hash = hash.wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// One of `count` places, 0 where there is none.
pub(super) fn place(drawn: u64, count: usize) -> usize {
    usize::try_from(drawn % (count.max(1) as u64)).unwrap_or(0)
}

/// Whether a draw falls into a share of 0 to 1.
pub(super) fn falls(drawn: u64, share: f64) -> bool {
    // 53 bits: what a float holds exactly.
    ((drawn >> 11) as f64) / ((1_u64 << 53) as f64) < share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_gets_the_same_draw() {
        assert_eq!(draw(7, &["a", "b"]), draw(7, &["a", "b"]));
        assert_ne!(draw(7, &["a", "b"]), draw(7, &["ab"]));
        assert_ne!(draw(7, &["a", "b"]), draw(8, &["a", "b"]));
    }

    #[test]
    fn shares_come_out_as_shares() {
        let hits = (0..10_000)
            .filter(|n| falls(draw(1, &[&n.to_string()]), 0.1))
            .count();
        assert!((900..1_100).contains(&hits), "{hits}");
        assert!(!falls(draw(1, &["x"]), 0.0));
        assert!(falls(draw(1, &["x"]), 1.0));
    }
}
