import { doctor } from './doctor.ts'

// Not process.exit: what was written to a pipe would be cut off.
process.exitCode = await doctor(process.argv.slice(2), process.env, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
})
