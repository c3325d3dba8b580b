//! Words of an expression, each with its place.

use super::Mistake;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, digit1, multispace0, none_of, one_of};
use nom::combinator::{map, map_opt, opt, recognize, value};
use nom::multi::fold_many0;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};
use rust_decimal::Decimal;

/// One word.
#[derive(Clone, PartialEq, Debug)]
pub enum Token {
    /// A number; of `50 %` the half.
    Number(Decimal),
    /// A text between quotes.
    Text(String),
    /// A field, function or parameter, `true`, `false` or `in`.
    Name(String),
    /// An operator or bracket.
    Sign(&'static str),
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [&str; 20] = [
    "||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "(", ")", "[", "]", ",", ".",
    "?", ":",
];

fn number(text: &str) -> IResult<&str, Token> {
    let digits = recognize(pair(digit1, opt(pair(char('.'), digit1))));
    let percent = opt(preceded(multispace0, char('%')));
    map_opt(pair(digits, percent), |(digits, percent): (&str, _)| {
        let number: Decimal = digits.parse().ok()?;
        match percent {
            Some(_) => number.checked_div(Decimal::ONE_HUNDRED).map(Token::Number),
            None => Some(Token::Number(number)),
        }
    })
    .parse(text)
}

fn escaped(quote: char) -> impl FnMut(&str) -> IResult<&str, String> {
    move |text| {
        let one = alt((
            preceded(
                char('\\'),
                alt((
                    value('\n', char('n')),
                    value('\t', char('t')),
                    one_of("\\\"'"),
                )),
            ),
            none_of(if quote == '"' { "\\\"" } else { "\\'" }),
        ));
        delimited(
            char(quote),
            fold_many0(one, String::new, |mut all, c| {
                all.push(c);
                all
            }),
            char(quote),
        )
        .parse(text)
    }
}

fn raw(quote: char) -> impl FnMut(&str) -> IResult<&str, String> {
    move |text| {
        map(
            delimited(
                pair(one_of("rR"), char(quote)),
                take_while(move |c| c != quote),
                char(quote),
            ),
            str::to_owned,
        )
        .parse(text)
    }
}

fn name(text: &str) -> IResult<&str, Token> {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let other = |c: char| c.is_ascii_alphanumeric() || c == '_';
    map(
        recognize(pair(take_while1(first), take_while(other))),
        |name: &str| Token::Name(name.to_owned()),
    )
    .parse(text)
}

fn sign(text: &str) -> IResult<&str, Token> {
    for sign in SIGNS {
        if let Ok((rest, _)) = tag::<_, _, nom::error::Error<&str>>(sign).parse(text) {
            return Ok((rest, Token::Sign(sign)));
        }
    }
    Err(nom::Err::Error(nom::error::Error::new(
        text,
        nom::error::ErrorKind::Tag,
    )))
}

fn token(text: &str) -> IResult<&str, Token> {
    alt((
        number,
        map(
            alt((escaped('"'), escaped('\''), raw('"'), raw('\''))),
            Token::Text,
        ),
        name,
        sign,
    ))
    .parse(text)
}

/// Takes an expression apart.
///
/// # Errors
/// A character that begins no word, or a text without its closing quote.
pub fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Mistake> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let Ok((after, token)) = token(rest) else {
            return Err(Mistake::new(at, unreadable(first, rest)));
        };
        found.push((at, token));
        rest = after.trim_start();
    }
    Ok(found)
}

fn unreadable(first: char, rest: &str) -> String {
    match first {
        '"' | '\'' => {
            "a text begins here and is not closed, or holds a backslash: close it with the same quote, \
             and write patterns as r'...'"
                .to_owned()
        }
        '=' => "to compare write ==".to_owned(),
        '&' => "for \"and\" write &&".to_owned(),
        '|' => "for \"or\" write ||".to_owned(),
        '/' => "there is no division; multiply the other side instead".to_owned(),
        '%' => "a percentage is a number with a percent sign, as in 50 %".to_owned(),
        _ if first.is_ascii_digit() => "this number is too long".to_owned(),
        _ => {
            let shown: String = rest.chars().take(1).collect();
            format!("\"{shown}\" means nothing in an expression; take it away")
        }
    }
}
