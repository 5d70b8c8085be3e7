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
    // The most it ever was; the kernel counts in KiB.
    peakMb: process.resourceUsage().maxRSS / 1024,
  })
})
process.on('disconnect', () => process.exit())
