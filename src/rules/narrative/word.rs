// Words of narratives and what they can be. The build script includes this file, so it uses nothing of the crate
// but `class`.

use super::class::Class;

/// What a word can be, as bits: most words can be several things.
pub type Roles = u64;

macro_rules! roles {
    ($($name:ident $word:literal $bit:literal),* $(,)?) => {
        $(#[doc = $word] pub const $name: Roles = 1 << $bit;)*
        /// The role a word list names; the build script asks.
        #[allow(dead_code)]
        pub fn role_of(word: &str) -> Roles {
            match word { $($word => $name,)* _ => 0 }
        }
    };
}

roles! {
    VERB "verb" 0, NOUN "noun" 1, AMBIGUOUS "ambiguous" 2, FILLER "filler" 3, PARTY "party" 4,
    EVENT "event" 5, DOCUMENT "document" 6, GENERIC "generic" 7, STOP "stop" 8, TOPIC "topic-marker" 9,
    TO "to" 10, MANNER "manner" 11, CONTENT "content-marker" 12, ADVERB "adverb" 13, STRONG "strong" 14,
    LIGHT "light" 15, CLERICAL "clerical" 16, RESULT "result" 17, OUTCOME "outcome" 18, SEND "send" 19,
    PRODUCT "product" 20, TRAVEL "travel-verb" 21, INTERNAL "party-internal" 22,
    BILLING "admin-billing" 23, INTAKE "admin-intake" 24, WITH "with" 25, MODIFIER "modifier" 26,
    VENDOR "vendor" 27, CLERICAL_OBJECT "clerical-object" 28, LAW "law" 29, LOGISTICS "logistics" 30,
    DOCKET "docket-object" 31, FIXED "fixed" 32, BILL_VERB "bill-verb" 33, VENDOR_BILL "vendor-bill" 34,
    EVIDENCE "evidence" 35, PURPOSE_VERB "purpose-verb" 36, SCHEDULING "schedule-verb" 37,
    DETERMINER "determiner" 38, GENERIC_EVENT "event-generic" 39, WRITTEN "written" 40,
    ABBREVIATION "abbreviation" 41, AND "and" 42, FOR "for" 43, SAME "same" 44,
    APPOINTMENT "appointment" 45, BOOKING "booking" 46, INTERVIEW "interview" 47, ANONYMOUS "anonymous" 48, BARE "bare" 49,
    NEGATION "negation" 50, COMPLETE "complete" 51, ATTENDING "attending" 52, RESPONDING "responding" 53,
    CITING "citing" 54, RESPONSE "response" 55,
}

/// The form a verb stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Form {
    /// "review"; also where the form says nothing.
    #[default]
    Base,
    /// "reviewed".
    Past,
    /// "reviewing".
    Gerund,
    /// "review of", "telephone conference".
    Noun,
}

/// What is known of a word or phrase.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry {
    /// What it can be.
    pub roles: Roles,
    /// The activity it shows as an action, or as a person.
    pub class: Class,
    /// The person's class, where it is one.
    pub party: Class,
    /// Its form, where it is a verb.
    pub form: Form,
    /// Some phrase begins with it.
    pub begins: bool,
    /// Of an abbreviation the number of the word it stands for, so that phrases know both; 0 of all others.
    pub means: u16,
}

/// The longest word that is looked up.
pub const LONGEST_WORD: usize = 32;

/// The bytes of a word in numbers of eight, the first byte lowest, with zeros behind the last.
pub type Letters = [u64; LONGEST_WORD / 8];

/// The letters of a word that is not too long to be looked up; of a longer one the first.
pub fn letters(word: &[u8]) -> Letters {
    let mut letters = [0; LONGEST_WORD / 8];
    for (at, byte) in word.iter().enumerate().take(LONGEST_WORD) {
        letters[at / 8] |= u64::from(*byte) << (at % 8 * 8);
    }
    letters
}

/// The place where the search for a word in the table of words begins, before that is cut to the table's size.
#[inline]
pub fn place(word: &Letters) -> usize {
    const TURNS: Letters = [
        0x9e37_79b9_7f4a_7c15,
        0xbf58_476d_1ce4_e5b9,
        0x94d0_49bb_1331_11eb,
        0xd6e8_feb8_6659_fd93,
    ];
    let turned = word.iter().zip(TURNS);
    let mixed = turned.fold(0, |sum, (eight, turn)| sum ^ eight.wrapping_mul(turn));
    (mixed >> 40) as usize
}
