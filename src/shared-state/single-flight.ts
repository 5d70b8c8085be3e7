/**
 * Lets all who ask the same while a call is under way share it. It holds as many as there are calls
 * under way, which the number of requests in flight bounds.
 */
export function singleFlight<Answer>(): (
  key: string,
  call: () => Promise<Answer>,
) => Promise<Answer> {
  const flights = new Map<string, Promise<Answer>>()

  return (key, call) => {
    const flight =
      flights.get(key) ??
      call().finally(() => {
        flights.delete(key)
      })
    flights.set(key, flight)
    return flight
  }
}
