// One JSON object a line: the test says what to do, the program asks for a person at a browser and tells what it saw.
import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function hear() {
  const { value, done } = await lines.next();
  if (done) process.exit(1);
  return JSON.parse(value);
}

export function tell(told) {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

// A person opens the address; where her browser arrives in the end.
export async function visit(address) {
  tell({ visit: String(address) });
  return (await hear()).arrived;
}

export async function main(program) {
  try {
    tell({ done: await program(await hear()) });
  } catch (error) {
    tell({ failed: String(error?.code ?? error?.name), message: String(error?.message), cause: cause(error) });
  }
  process.exit(0);
}

function cause(error) {
  const inner = error?.cause ?? error;
  try {
    return JSON.parse(JSON.stringify({ message: inner?.message, ...inner }));
  } catch {
    return String(inner);
  }
}
