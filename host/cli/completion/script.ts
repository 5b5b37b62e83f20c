import type { CompletionNode, CompletionOption } from "./tree.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type ShellName = (typeof shells)[number];

/**
 * A script that completes commands, options and their values in a shell, and files everywhere else. It holds the
 * whole tree, because a command that is started for every Tab would be waited for.
 */
export function completionScript(shell: ShellName, nodes: readonly CompletionNode[]): string {
	const make = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
	return make(nodes);
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Words of a node's commands, so that a script knows which words lead to it. */
function paths(nodes: readonly CompletionNode[]): string {
	const inner = nodes.filter(({ path }) => path.length > 0);
	return inner.map(({ path }) => quote(path.join(" "))).join("|");
}

function names({ long, short }: CompletionOption): readonly string[] {
	return short === undefined ? [long] : [long, short];
}

/** Options whose values are known, of all commands. */
function chosen(nodes: readonly CompletionNode[]): Map<string, readonly string[]> {
	const known = new Map<string, readonly string[]>();
	for (const { options } of nodes) {
		for (const { long, choices } of options) if (choices.length > 0) known.set(long, choices);
	}
	return known;
}

function valued(nodes: readonly CompletionNode[]): readonly string[] {
	const options = nodes.flatMap((node) => node.options);
	return [...new Set(options.filter(({ hasValue }) => hasValue).map(({ long }) => long))];
}

function wordsOf({ commands, options, choices }: CompletionNode): string {
	const words = [
		...commands.map(({ name }) => name),
		...choices,
		...options.map(({ long }) => long),
	];
	return words.join(" ");
}

function bashScript(nodes: readonly CompletionNode[]): string {
	const cases = nodes.map(
		(node) => `    ${quote(node.path.join(" "))}) words=${quote(wordsOf(node))} ;;`,
	);
	const values = [...chosen(nodes)].map(
		([long, choices]) =>
			`    ${long}) COMPREPLY=($(compgen -W ${quote(choices.join(" "))} -- "$cur")); return ;;`,
	);
	return `# bash completion of closeout: closeout completion bash > ~/.local/share/bash-completion/completions/closeout
_closeout() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${path:+$path }\${COMP_WORDS[i]}"
    case "$word" in
      ${paths(nodes)}) path="$word" ;;
    esac
  done
  case "$prev" in
${values.join("\n")}
    ${valued(nodes).join("|")}) return ;;
  esac
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _closeout closeout
`;
}

/** `name:what it is` as zsh's own lists have it. */
function described(name: string, description: string): string {
	return quote(`${name.replaceAll(":", "\\:")}:${description}`);
}

function zshScript(nodes: readonly CompletionNode[]): string {
	const cases = nodes.map(({ path, commands, options, choices }) => {
		const words = [
			...commands.map(({ name, description }) => described(name, description)),
			...choices.map((choice) => described(choice, "")),
		];
		const flags = options.map(({ long, description }) => described(long, description));
		return `    ${quote(path.join(" "))}) words=(${words.join(" ")}); flags=(${flags.join(" ")}) ;;`;
	});
	const values = [...chosen(nodes)].map(
		([long, choices]) => `    ${long}) compadd -- ${choices.map(quote).join(" ")}; return ;;`,
	);
	return `#compdef closeout
# zsh completion of closeout: closeout completion zsh > "\${fpath[1]}/_closeout"
_closeout() {
  local path_="" word i
  local -a words_ flags
  for ((i = 2; i < CURRENT; i++)); do
    word="\${path_:+$path_ }\${words[i]}"
    case "$word" in
      ${paths(nodes)}) path_="$word" ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
${values.join("\n")}
    ${valued(nodes).join("|")}) _files; return ;;
  esac
  case "$path_" in
${cases.join("\n").replaceAll(" words=(", " words_=(")}
  esac
  if [[ "$PREFIX" == -* ]]; then
    _describe option flags
  elif (( \${#words_} )); then
    _describe command words_
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _closeout ]]; then _closeout "$@"; else compdef _closeout closeout; fi
`;
}

function fishScript(nodes: readonly CompletionNode[]): string {
	const lines = nodes.flatMap((node) => fishLines(node));
	return `# fish completion of closeout: closeout completion fish > ~/.config/fish/completions/closeout.fish
function __closeout_at
    set -l path ''
    for word in (commandline -opc)[2..]
        set -l next (string trim -- "$path $word")
        switch "$next"
            case ${paths(nodes).replaceAll("|", " ")}
                set path $next
        end
    end
    test "$path" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function fishLines({ path, commands, options, choices }: CompletionNode): string[] {
	const at = `complete -c closeout -n ${quote(`__closeout_at ${quote(path.join(" "))}`)}`;
	const words = [
		...commands.map(({ name, description }) => `${at} -f -a ${name} -d ${quote(description)}`),
		...choices.map((choice) => `${at} -f -a ${choice}`),
	];
	const flags = options.map((option) => {
		const [long = "", short] = names(option);
		const letter = short === undefined ? "" : ` -s ${short.slice(1)}`;
		const known = option.choices.length > 0;
		const value = known ? ` -x -a ${quote(option.choices.join(" "))}` : " -r";
		const rest = option.hasValue ? value : "";
		return `${at} -l ${long.slice(2)}${letter}${rest} -d ${quote(option.description)}`;
	});
	return [...words, ...flags];
}
