//! Words put together to an expression, with CEL's precedence. Depth and size are bounded.

use super::Mistake;
use super::lexer::{Token, tokens};
use super::syntax::{Expr, Node, Op};

/// Characters of one expression.
const LONGEST: usize = 4_000;
/// Words of one expression.
const MOST_WORDS: usize = 600;
/// Brackets, negations and choices inside one another.
const DEEPEST: usize = 32;

/// Reads an expression.
///
/// # Errors
/// What is no expression, with its place, or one that is too long or too deep.
pub fn parse(text: &str) -> Result<Expr, Mistake> {
    if text.len() > LONGEST {
        let message =
            format!("an expression has at most {LONGEST} characters; make two rules of it");
        return Err(Mistake::new(0, message));
    }
    let words = tokens(text)?;
    if let Some((at, _)) = words.get(MOST_WORDS) {
        let message = format!("an expression has at most {MOST_WORDS} words; make two rules of it");
        return Err(Mistake::new(*at, message));
    }
    let mut parser = Parser {
        words: &words,
        next: 0,
        end: text.len(),
    };
    let expr = parser.choice(0)?;
    match parser.words.get(parser.next) {
        None => Ok(expr),
        Some((at, token)) => Err(Mistake::new(
            *at,
            format!(
                "{} is not expected here; an operator is missing before it, or it is one too many",
                shown(token)
            ),
        )),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Number(number) => number.to_string(),
        Token::Text(text) => format!("the text \"{text}\""),
        Token::Name(name) => format!("\"{name}\""),
        Token::Sign(sign) => format!("\"{sign}\""),
    }
}

struct Parser<'a> {
    words: &'a [(usize, Token)],
    next: usize,
    end: usize,
}

impl Parser<'_> {
    fn at(&self) -> usize {
        self.words.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.words.get(self.next), Some((_, Token::Sign(s))) if *s == sign);
        self.next += usize::from(found);
        found
    }

    fn needs(&mut self, sign: &str, why: &str) -> Result<(), Mistake> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(Mistake::new(
            self.at(),
            format!("\"{sign}\" is missing here, {why}"),
        ))
    }

    fn deeper(&self, depth: usize) -> Result<usize, Mistake> {
        if depth >= DEEPEST {
            let message = format!(
                "brackets stand in one another more than {DEEPEST} deep; make two rules of it"
            );
            return Err(Mistake::new(self.at(), message));
        }
        Ok(depth + 1)
    }

    fn choice(&mut self, depth: usize) -> Result<Expr, Mistake> {
        let depth = self.deeper(depth)?;
        let condition = self.binary(1, depth)?;
        if !self.takes("?") {
            return Ok(condition);
        }
        let yes = self.choice(depth)?;
        self.needs(":", "between the two values of ?")?;
        let no = self.choice(depth)?;
        Ok(Expr {
            at: condition.at,
            node: Node::Choice(Box::new(condition), Box::new(yes), Box::new(no)),
        })
    }

    fn operator(&self) -> Option<Op> {
        let sign = match self.words.get(self.next) {
            Some((_, Token::Sign(sign))) => *sign,
            Some((_, Token::Name(name))) if name == "in" => "in",
            _ => return None,
        };
        Op::ALL.into_iter().find(|op| op.sign() == sign)
    }

    fn binary(&mut self, weakest: u8, depth: usize) -> Result<Expr, Mistake> {
        let mut left = self.unary(depth)?;
        // A chain of equal operators is as deep as it is long, since each holds the one before it.
        let mut chained = depth;
        while let Some(op) = self.operator().filter(|op| op.strength() >= weakest) {
            self.next += 1;
            chained += 1;
            if chained > MOST_WORDS / 4 {
                return Err(Mistake::new(
                    self.at(),
                    "this chain of operators is too long; use a list and `in`",
                ));
            }
            let right = self.binary(op.strength() + 1, self.deeper(depth)?)?;
            left = Expr {
                at: left.at,
                node: Node::Binary(op, Box::new(left), Box::new(right)),
            };
        }
        Ok(left)
    }

    fn unary(&mut self, depth: usize) -> Result<Expr, Mistake> {
        let at = self.at();
        if self.takes("!") {
            let inner = self.unary(self.deeper(depth)?)?;
            return Ok(Expr {
                at,
                node: Node::Not(Box::new(inner)),
            });
        }
        if self.takes("-") {
            let inner = self.unary(self.deeper(depth)?)?;
            return Ok(Expr {
                at,
                node: Node::Minus(Box::new(inner)),
            });
        }
        let mut value = self.simple(depth)?;
        while self.takes(".") {
            value = self.after_point(value, depth)?;
        }
        Ok(value)
    }

    /// `max.unit_cost`, or `text.contains("x")`.
    fn after_point(&mut self, base: Expr, depth: usize) -> Result<Expr, Mistake> {
        let at = self.at();
        let Some((_, Token::Name(name))) = self.words.get(self.next) else {
            return Err(Mistake::new(at, "a name is missing after the point"));
        };
        let name = name.clone();
        self.next += 1;
        if self.takes("(") {
            let start = base.at;
            let mut values = vec![base];
            values.extend(self.values(")", depth)?);
            return Ok(Expr {
                at: start,
                node: Node::Call(name, values),
            });
        }
        match base.node {
            Node::Name(first) if !first.contains('.') => Ok(Expr {
                at: base.at,
                node: Node::Name(format!("{first}.{name}")),
            }),
            _ => Err(Mistake::new(
                at,
                format!("\"{name}\" is no function; write {name}(...)"),
            )),
        }
    }

    fn values(&mut self, close: &str, depth: usize) -> Result<Vec<Expr>, Mistake> {
        let mut values = Vec::new();
        if self.takes(close) {
            return Ok(values);
        }
        loop {
            values.push(self.choice(depth)?);
            if !self.takes(",") {
                self.needs(close, "after the last value")?;
                return Ok(values);
            }
        }
    }

    fn simple(&mut self, depth: usize) -> Result<Expr, Mistake> {
        let at = self.at();
        let Some((_, token)) = self.words.get(self.next) else {
            return Err(Mistake::new(
                at,
                "the expression ends where a value is expected",
            ));
        };
        self.next += 1;
        let node = match token {
            Token::Number(number) => Node::Number(*number),
            Token::Text(text) => Node::Text(text.clone()),
            Token::Name(name) => match name.as_str() {
                "true" => Node::Bool(true),
                "false" => Node::Bool(false),
                "in" => return Err(Mistake::new(at, "a value is missing before \"in\"")),
                _ if self.takes("(") => Node::Call(name.clone(), self.values(")", depth)?),
                _ => Node::Name(name.clone()),
            },
            Token::Sign("(") => {
                let inner = self.choice(depth)?;
                self.needs(")", "to close the bracket")?;
                return Ok(inner);
            }
            Token::Sign("[") => Node::List(self.values("]", depth)?),
            Token::Sign(sign) => {
                let message = format!("a value is expected where \"{sign}\" stands");
                return Err(Mistake::new(at, message));
            }
        };
        Ok(Expr { at, node })
    }
}
