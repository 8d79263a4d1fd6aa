// Bytes as hexadecimal numbers, with the letters among them beside: nothing of them can act.

const perLine = 16;

/** @param {string} base64  the first bytes  @param {number} total  how many there are */
export function hexDump(base64, total) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const lines = [];
  for (let start = 0; start < bytes.length; start += perLine)
    lines.push(line(start, bytes.subarray(start, start + perLine)));
  if (bytes.length < total) lines.push(`… ${total - bytes.length} more`);
  return lines.join('\n');
}

function line(start, bytes) {
  const numbers = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const letters = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
  return `${start.toString(16).padStart(4, '0')}  ${numbers.padEnd(perLine * 3 - 1)}  ${letters}`;
}
