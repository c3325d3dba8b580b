//! The file_item_nbr of a whole file, which must not repeat. They mostly ascend, so runs are kept, not numbers.

use std::collections::BTreeMap;

/// Numbers seen so far, as runs without gaps.
#[derive(Debug, Default)]
pub struct Items {
    /// First number of a run to its last; the run that grows is not in it.
    runs: BTreeMap<u64, u64>,
    growing: Option<(u64, u64)>,
    /// First number of the next run above the growing one.
    ceiling: Option<u64>,
}

impl Items {
    /// Notes a number; false where it was there before.
    pub fn note(&mut self, number: u64) -> bool {
        if let Some((_, last)) = &mut self.growing
            && last.checked_add(1) == Some(number)
            && self.ceiling.is_none_or(|c| number < c)
        {
            *last = number;
            return true;
        }
        self.settle();
        let below = self
            .runs
            .range(..=number)
            .next_back()
            .map(|(a, b)| (*a, *b));
        if below.is_some_and(|(_, last)| number <= last) {
            return false;
        }
        self.growing = Some(match below {
            Some((first, last)) if last + 1 == number => {
                self.runs.remove(&first);
                (first, number)
            }
            _ => (number, number),
        });
        self.ceiling = self.runs.range(number..).next().map(|(first, _)| *first);
        true
    }

    fn settle(&mut self) {
        if let Some((first, last)) = self.growing.take() {
            self.runs.insert(first, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_number_is_known_again_in_any_order() {
        let mut items = Items::default();
        let mut plain = HashSet::new();
        let order = [
            1,
            22,
            23,
            24,
            2,
            3,
            4,
            5,
            21,
            20,
            6,
            3,
            22,
            25,
            u64::MAX,
            u64::MAX,
            0,
            24,
            7,
            19,
            20,
        ];
        for number in order {
            assert_eq!(items.note(number), plain.insert(number), "{number}");
        }
        let mut state = 7u64;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let number = (state >> 33) % 3000;
            assert_eq!(items.note(number), plain.insert(number), "{number}");
        }
    }
}
