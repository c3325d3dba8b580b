//! The activity a part of a narrative shows: a UTBMS activity, or less where nothing can be told.

use std::fmt;

/// An activity of the UTBMS list (A101 to A112), a communication with nobody known, or nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub enum Class {
    /// Nothing can be inferred.
    #[default]
    None,
    /// Plan and prepare for.
    A101,
    /// Research.
    A102,
    /// Draft, revise.
    A103,
    /// Review, analyze.
    A104,
    /// Communicate in the firm.
    A105,
    /// Communicate with the client.
    A106,
    /// Communicate with other counsel.
    A107,
    /// Communicate with others outside.
    A108,
    /// Appear for, attend.
    A109,
    /// Manage data and files.
    A110,
    /// Other.
    A111,
    /// Travel.
    A112,
    /// A105 to A108, until the other party is known.
    Communicate,
}

impl Class {
    /// The class a word list names.
    pub fn of_list(activity: &str) -> Self {
        match activity {
            "A101" => Self::A101,
            "A102" => Self::A102,
            "A103" => Self::A103,
            "A104" => Self::A104,
            "A105" => Self::A105,
            "A106" => Self::A106,
            "A107" => Self::A107,
            "A108" => Self::A108,
            "A109" => Self::A109,
            "A110" => Self::A110,
            "A111" => Self::A111,
            "A112" => Self::A112,
            "A105-A108" | "comm" => Self::Communicate,
            _ => Self::None,
        }
    }

    /// The UTBMS code; A111 where nothing can be inferred.
    pub fn code(self) -> &'static str {
        match self {
            Self::A101 => "A101",
            Self::A102 => "A102",
            Self::A103 => "A103",
            Self::A104 => "A104",
            Self::A105 => "A105",
            Self::A106 => "A106",
            Self::A107 => "A107",
            Self::A108 | Self::Communicate => "A108",
            Self::A109 => "A109",
            Self::A110 => "A110",
            Self::A112 => "A112",
            Self::A111 | Self::None => "A111",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::A101 => "plan and prepare",
            Self::A102 => "research",
            Self::A103 => "draft or revise",
            Self::A104 => "review or analyze",
            Self::A105 => "communicate in the firm",
            Self::A106 => "communicate with the client",
            Self::A107 => "communicate with other counsel",
            Self::A108 => "communicate with others outside",
            Self::Communicate => "communicate, nobody named",
            Self::A109 => "appear or attend",
            Self::A110 => "manage data and files",
            Self::A111 => "other",
            Self::A112 => "travel",
            Self::None => "no action to be seen",
        }
    }

    /// True for talking or writing to somebody.
    pub fn is_communication(self) -> bool {
        matches!(
            self,
            Self::A105 | Self::A106 | Self::A107 | Self::A108 | Self::Communicate
        )
    }

    /// The same family: communications are one until the other party is known (guidelines section 6).
    pub fn same_family(self, other: Self) -> bool {
        self == other || self.is_communication() && other.is_communication()
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
