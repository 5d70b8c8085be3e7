/** A promise that whoever has `open` resolves. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const resolvers: (() => void)[] = []
  const opened = new Promise<void>((resolve) => {
    resolvers.push(resolve)
  })
  return { opened, open: () => resolvers.forEach((resolve) => resolve()) }
}
