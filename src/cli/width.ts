// Owns how wide a text is on the terminal, in place of the package that the parser of options uses for its help: that one loads a
// table of all characters at every start, and our help is plain ASCII.

// biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with one
const COLOUR = /\u001b\[[0-9;]*m/g;

export default function width(text: string): number {
  return [...text.replace(COLOUR, '')].length;
}
