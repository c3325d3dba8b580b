//! Where the pipes of a record stand. Fields are so short that to begin a search for each takes longer than the
//! search; here eight bytes are looked at together.

/// Calls `found` with the place of each pipe.
pub fn each_pipe(body: &[u8], mut found: impl FnMut(usize)) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = EACH * 0x7f;
    let (eights, rest) = body.as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        // A pipe leaves no bit of its byte; any other byte sets its highest one in the sum, or has it.
        let other = u64::from_le_bytes(*eight) ^ (EACH * b'|' as u64);
        let mut pipes = !(((other & LOW) + LOW) | other | LOW);
        while pipes != 0 {
            found(index * 8 + pipes.trailing_zeros() as usize / 8);
            pipes &= pipes - 1;
        }
    }
    let places = body.len() - rest.len()..body.len();
    let pipes = rest.iter().zip(places).filter(|(byte, _)| **byte == b'|');
    pipes.for_each(|(_, place)| found(place));
}

#[cfg(test)]
mod tests {
    use super::each_pipe;

    #[test]
    fn no_pipe_is_missed_and_nothing_else_is_one() {
        // Neighbours of the pipe's byte, above all those that borrow or carry in a sum.
        let bytes = [b'|', b'{', b'}', 0x00, 0x01, 0x7f, 0x80, 0xfc, 0xff, b'a'];
        let mut state = 11_usize;
        for length in 0..70 {
            let body: Vec<u8> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    bytes[(state >> 33) % bytes.len()]
                })
                .collect();
            let mut found = Vec::new();
            each_pipe(&body, |place| found.push(place));
            let pipes: Vec<usize> = memchr::memchr_iter(b'|', &body).collect();
            assert_eq!(found, pipes, "{body:?}");
        }
    }
}
