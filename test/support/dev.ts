import { spawn } from 'node:child_process'

/**
 * What `npm run dev` runs once it has built, on the addresses of the README.
 * @returns stops it
 */
export async function startDev(): Promise<() => Promise<void>> {
  const dev = spawn(process.execPath, ['dist-local/dev.mjs'], {
    // On a slow machine nobody is to be turned away.
    env: { ...process.env, MAX_EVENT_LOOP_DELAY_MS: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    dev.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    dev.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('Demo web client')) resolve()
    })
    dev.once('exit', () => reject(new Error(`dev did not start:\n${output}`)))
  })
  return async () => {
    const gone = new Promise((resolve) => dev.once('exit', resolve))
    dev.kill('SIGTERM')
    await gone
  }
}
