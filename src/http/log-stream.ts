import { pino } from 'pino'

/** Where log lines go. */
export interface LogStream {
  write(line: string): void
}

/**
 * Standard output, to which all lines of one turn of the event loop go at once: a system call
 * for each would be five in a sign-in. What a turn has written is out before the next one begins, so that
 * a process that is killed loses no more than that.
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
      if (lines === '') setImmediate(flush)
      lines += line
    },
  }
}
