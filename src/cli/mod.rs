//! The commands: one file each, with its arguments, a call and a renderer.
//! Not here: any reading, judging or rendering of their own.

pub mod codes;
pub mod explain;
mod paragraph;
pub mod rules;

#[cfg(test)]
mod tests {
    use clap::{Args, Command};

    #[test]
    fn help_of_each_command_begins_with_an_example() {
        let commands = [
            super::explain::Args::augment_args(Command::new("explain")),
            super::rules::Args::augment_args(Command::new("rules")),
            super::codes::Args::augment_args(Command::new("codes")),
        ];
        for mut command in commands {
            let help = command.render_long_help().to_string();
            assert!(help.trim_start().starts_with("Example"), "{help}");
        }
    }
}
