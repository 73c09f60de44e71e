// Owns questions to a person at a terminal. Where there is none, or with --yes, the answer is the default.

/** Whether there is somebody to ask. */
export const asking = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** The answer, or the default for an empty one. The prompt goes to standard error: standard output is for data. */
export async function ask(question: string, fallback: string, yes: boolean): Promise<string> {
  if (yes || !asking()) return fallback;
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question(`${question}${fallback === '' ? '' : ` [${fallback}]`}: `)).trim();
    return answer === '' ? fallback : answer;
  } finally {
    terminal.close();
  }
}

export async function confirm(question: string, yes: boolean): Promise<boolean> {
  return yes || /^y(es)?$/i.test(await ask(`${question} (yes/no)`, 'no', false));
}
