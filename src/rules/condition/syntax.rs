//! An expression as it is written, before names and types are looked at.

use rust_decimal::Decimal;

/// An expression and where it begins.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// Byte of the text.
    pub at: usize,
    /// What it is.
    pub node: Node,
}

/// Kinds of expressions.
#[derive(Clone, PartialEq, Debug)]
pub enum Node {
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A text.
    Text(String),
    /// A field, an aggregate or a parameter; `max.unit_cost` is one name.
    Name(String),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `!a`.
    Not(Box<Expr>),
    /// `-a`.
    Minus(Box<Expr>),
    /// `a op b`.
    Binary(Op, Box<Expr>, Box<Expr>),
    /// `a ? b : c`.
    Choice(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `f(a, b)`, which can also be written `a.f(b)`.
    Call(String, Vec<Expr>),
}

/// Operators between two values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
}

impl Op {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
        }
    }

    /// How closely it binds: larger binds closer.
    pub fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::AtMost
            | Self::Greater
            | Self::AtLeast
            | Self::In => 3,
            Self::Plus | Self::Minus => 4,
            Self::Times => 5,
        }
    }

    /// Every operator.
    pub const ALL: [Self; 12] = [
        Self::Or,
        Self::And,
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::AtMost,
        Self::Greater,
        Self::AtLeast,
        Self::In,
        Self::Plus,
        Self::Minus,
        Self::Times,
    ];
}
