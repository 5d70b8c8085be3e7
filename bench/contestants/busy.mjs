/** A hook that is busy for a millisecond, to see that the benchmark notices. */
import { subscribe } from 'node:diagnostics_channel'

subscribe('http.server.request.start', () => {
  const until = performance.now() + 1
  while (performance.now() < until);
})
