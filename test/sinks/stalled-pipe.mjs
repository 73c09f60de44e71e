// Writes to a pipe whose reader takes nothing, and says how that ended; by the built package. A process of its own: a thread closes what it
// has opened when it ends, and so what a socket has closed already.

import { Channel } from '../../dist/sinks/channel.js';

const [path, when] = process.argv.slice(2);
/** More than a pipe holds. */
const LONG = 'x'.repeat(1 << 20);
const stop = new AbortController();
const channel = new Channel(path, { seconds: 600, signal: stop.signal });
const outcome = (writing) =>
  writing.then(
    () => null,
    ({ code, detail }) => ({ code, file: detail.file }),
  );
const first = await outcome(channel.write('short\n'));
if (when === 'before') stop.abort();
const writing = outcome(channel.write(LONG));
stop.abort();
const long = await writing;
// Neither waits for what will not be taken.
const more = await outcome(channel.write('more\n'));
await channel.close();
console.log(JSON.stringify({ first, long, more }));
