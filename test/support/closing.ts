/**
 * For an act that closes the page or frame it is done in. The driver may hear of that before it hears
 * that the act is done, and fails; whether the act did what it should, the opener tells.
 */
export async function closing(act: Promise<void>): Promise<void> {
  await act.catch((error: unknown) => {
    if (!/has been closed|was detached/.test(String(error))) throw error
  })
}
