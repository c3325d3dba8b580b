//! What is done with an appeal: decided, prepared, filed, ended, withdrawn; and its papers to take along.

use super::super::reductions::{amount_of, ground};
use crate::reports::appeal;
use crate::web::answer::{Trouble, download};
use crate::web::asked::Asked;
use crate::web::notice::done;
use crate::workflow::{AppealOutcome, Filing};
use axum::response::Response;
use chrono::NaiveDate;
use rust_decimal::Decimal;

fn page(asked: &Asked<'_>) -> String {
    format!("/appeals/{}", asked.given.param("appeal"))
}

/// A partner decides whether it is filed or dropped.
pub async fn decide(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let file = match form.get("do") {
        "file" => true,
        "drop" => false,
        _ => return Err(Trouble::wrong("say whether the appeal is filed or dropped")),
    };
    asked
        .desk
        .decide_appeal(asked.given.param("appeal"), file, form.get("reason"))
        .await?;
    let word = if file {
        "appeal-decided"
    } else {
        "appeal-dropped"
    };
    Ok(done(&page(asked), word))
}

/// The packet or the draft of the letter to keep. What was put together is kept with the appeal.
pub async fn packet(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let id = asked.given.param("appeal");
    let own = asked.app.own.letter()?;
    let packet = asked.desk.packet(id, &ground(&basis)).await?;
    let letter = appeal::letter(&packet, own.as_deref());
    let letter = letter.map_err(|error| Trouble::Failed(error.to_string()))?;
    asked.desk.keep_packet(&packet, &letter).await?;
    let (name, text) = match asked.given.form.get("what") {
        "letter" => (format!("letter-{id}.txt"), letter),
        _ => (format!("packet-{id}.txt"), appeal::text(&packet)),
    };
    Ok(download(
        &name,
        "text/plain; charset=utf-8",
        text.into_bytes(),
    ))
}

/// Makes the portal's own form: an invoice of its own, or a person files it inside the portal.
pub async fn file(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let form = &asked.given.form;
    let date = form.some("date").map(|text| {
        text.parse::<NaiveDate>()
            .map_err(|_| Trouble::wrong(format!("\"{text}\" is no day; write it as 2026-07-31")))
    });
    let filing = Filing {
        route: form.some("route"),
        number: form.some("number"),
        date: date.transpose()?,
    };
    let id = asked.given.param("appeal");
    let made = asked
        .desk
        .prepare_appeal(id, filing, &ground(&basis), &basis.checker)
        .await?;
    match made.invoice {
        Some(own) => Ok(done(&format!("/invoices/{}", own.id), "appeal-file")),
        None => Ok(done(&page(asked), "appeal-by-hand")),
    }
}

/// A person has filed it inside the portal.
pub async fn filed(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    asked
        .desk
        .confirm_filed(
            asked.given.param("appeal"),
            asked.given.form.some("number"),
            &basis.options.lists,
        )
        .await?;
    Ok(done(&page(asked), "appeal-filed"))
}

/// What became of it.
pub async fn outcome(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let outcome = match form.get("do") {
        "won" => AppealOutcome::Won,
        "lost" => AppealOutcome::Lost,
        "part" => {
            let amounts = form.each("line").zip(form.each("amount"));
            let given = amounts.filter(|(_, amount)| !amount.trim().is_empty());
            let lines: Vec<(String, Decimal)> = given
                .map(|(line, amount)| Ok((line.to_owned(), amount_of(amount.trim())?)))
                .collect::<Result<_, Trouble>>()?;
            if lines.is_empty() {
                return Err(Trouble::wrong("write beside a line what came back of it"));
            }
            AppealOutcome::Lines(lines)
        }
        _ => return Err(Trouble::wrong("say what became of the appeal")),
    };
    asked
        .desk
        .end_appeal(asked.given.param("appeal"), &outcome, form.get("reason"))
        .await?;
    Ok(done(&page(asked), "appeal-ended"))
}

/// Taken back; what it asked for is open again.
pub async fn withdraw(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked
        .desk
        .withdraw_appeal(asked.given.param("appeal"), asked.given.form.get("reason"))
        .await?;
    Ok(done(&page(asked), "appeal-withdrawn"))
}
