const [quote, comma, letterC, letterM] = [0x22, 0x2c, 0x63, 0x6d];
const typeAt = '{"type":"'.length;
const chatAt = '","chat_id":'.length;
const seqAt = ',"seq":'.length;
const messageCreated = 'message.created'.length;

/** What the frame of a durable change says first: `{"type":"…","chat_id":…,"seq":…`. */
export interface EntryHead {
  isMessage: boolean;
  chatId: number;
  seq: number;
}

/** Reads it into `head`, without parsing the rest; false for a frame of another kind. */
export function readEntry(bytes: Buffer, start: number, end: number, head: EntryHead): boolean {
  const type = start + typeAt;
  const typeEnd = bytes.indexOf(quote, type);
  if (typeEnd < 0 || typeEnd + chatAt >= end || bytes[typeEnd + 3] !== letterC) return false;
  // No other type is as long and begins with "message.c".
  head.isMessage = typeEnd - type === messageCreated && bytes[type] === letterM && bytes[type + 8] === letterC;
  let at = typeEnd + chatAt;
  for (head.chatId = 0; bytes[at] !== comma; at++) head.chatId = head.chatId * 10 + bytes[at]! - 0x30;
  at += seqAt;
  for (head.seq = 0; bytes[at] !== comma; at++) head.seq = head.seq * 10 + bytes[at]! - 0x30;
  return true;
}
