import { readFileSync } from 'node:fs'

/**
 * Preloaded into every process that is measured: tells the one that started it what it has used so
 * far, by its own accounting.
 */
process.on('message', (message) => {
  if (message !== 'usage') return
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  process.send?.({
    cpuMs: (user + system) / 1000,
    residentMb: process.memoryUsage.rss() / 1024 ** 2,
    heapMb: process.memoryUsage().heapUsed / 1024 ** 2,
    peakMb: peakKib() / 1024,
  })
})
process.on('disconnect', () => process.exit())

/** The most it ever was. getrusage counts what the process was before exec too: a copy of the bench. */
function peakKib() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
}
