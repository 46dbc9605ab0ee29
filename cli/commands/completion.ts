import { Argument, type Command } from "commander";
import type { Session } from "../run/session.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

const SHELLS = ["bash", "zsh"] as const;

/** `completion bash|zsh`. */
export function addCompletionCommand(program: Command, { run }: Runner): void {
  const completion = program
    .command("completion")
    .description("Print a completion script for your shell")
    .addArgument(new Argument("<shell>", "bash or zsh").choices(SHELLS))
    .action(
      run(async ({ print }: Session, _options: unknown, shell: (typeof SHELLS)[number]) => {
        const script = SCRIPTS[shell](program);
        print({ shell, script }, () => script);
        await Promise.resolve();
      }),
    );
  addExamples(completion, [
    ["completion bash > ~/.local/share/bash-completion/completions/reprise", "Install it for bash"],
    ["completion zsh > ~/.zfunc/_reprise", "Install it for zsh, with ~/.zfunc in fpath"],
  ]);
}

/** What may follow a word: by the commands before, such as `charging`, or by an option, such as `list --state`. */
function wordsAfter(
  program: Command,
): readonly (readonly [path: string, words: readonly string[]])[] {
  const everywhere = program.options.filter(({ long }) => long !== "--version");
  const options = (command: Command): readonly string[] =>
    (command === program ? program.options : [...command.options, ...everywhere]).flatMap(
      ({ long }) => long ?? [],
    );
  const visit = (command: Command, path: string): [string, string[]][] => [
    [
      path,
      [
        ...command.commands.map((one) => one.name()),
        ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
        ...options(command),
      ],
    ],
    ...command.options.flatMap(({ long, argChoices }): [string, string[]][] =>
      argChoices === undefined ? [] : [[`${path} ${long ?? ""}`.trim(), [...argChoices]]],
    ),
    ...command.commands.flatMap((one) => visit(one, `${path} ${one.name()}`.trim())),
  ];
  return visit(program, "");
}

const cases = (program: Command, indent: string): string =>
  wordsAfter(program)
    .map(([path, words]) => `${indent}"${path}") words="${words.join(" ")}" ;;`)
    .join("\n");

const names = (program: Command): string =>
  [...new Set([program, ...program.commands].flatMap(({ commands }) => commands))]
    .map((one) => one.name())
    .join("|");

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (program: Command) => string>> = {
  bash: (program) => `# bash completion of reprise
_reprise() {
  local word path="" words="" current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${names(program)}) path="\${path:+$path }$word" ;; esac
  done
  local last="\${COMP_WORDS[COMP_CWORD-1]}"
  case "$last" in --*) path="\${path:+$path }$last" ;; esac
  case "$path" in
${cases(program, "    ")}
  esac
  if [ -z "$words" ] && [ "$last" != "\${last#--}" ]; then
    path="\${path% *}"
    case "$path" in
${cases(program, "      ")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _reprise reprise`,
  zsh: (program) => `#compdef reprise
_reprise() {
  local word path_="" words_="" last="\${words[CURRENT-1]}"
  local -a before=("\${(@)words[2,CURRENT-1]}")
  for word in $before; do
    case "$word" in ${names(program)}) path_="\${path_:+$path_ }$word" ;; esac
  done
  case "$last" in --*) path_="\${path_:+$path_ }$last" ;; esac
  case "$path_" in
${cases(program, "    ").replaceAll("words=", "words_=")}
  esac
  if [[ -z "$words_" && "$last" == --* ]]; then
    path_="\${path_% *}"
    case "$path_" in
${cases(program, "      ").replaceAll("words=", "words_=")}
    esac
  fi
  compadd -- \${=words_}
}
if [ "$funcstack[1]" = "_reprise" ]; then _reprise "$@"; else compdef _reprise reprise; fi`,
};
