import { connect } from 'node:net';

const answerMs = 5_000;

/**
 * Connects to a port of 127.0.0.1, sends a line and reads until the answer matches. Throws when nobody listens, or no
 * matching answer came in five seconds.
 */
export async function ask(port: number, line: string, until: RegExp): Promise<RegExpExecArray> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(answerMs, () => socket.destroy(new Error(`No answer on port ${port}.`)));
    socket.on('connect', () => socket.write(line));
    socket.on('data', (chunk: string) => {
      answer += chunk;
      const match = until.exec(answer);
      if (!match) return;
      resolve(match);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`The server on port ${port} closed the connection.`)));
  });
}
