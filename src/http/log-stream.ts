import { pino } from 'pino'

/** Where log lines go. */
export interface LogStream {
  write(line: string): void
}

/** A process that is killed loses no more than what it has written in this time. */
const GATHERED_MS = 10

/**
 * Standard output, to which lines go together: a system call for each would be five in a sign-in, and
 * dearer than the lines.
 */
export function standardOutput(): LogStream {
  const output = pino.destination({ sync: true })
  let lines = ''
  const flush = () => {
    if (lines !== '') output.write(lines)
    lines = ''
  }
  // After a fatal error too, which ends the process in the same turn.
  process.on('exit', flush)
  return {
    write(line) {
      if (lines === '') setTimeout(flush, GATHERED_MS)
      lines += line
    },
  }
}
