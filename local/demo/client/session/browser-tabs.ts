import { readTabMessage, type Tabs } from './tabs.ts'

/** A lock is handed on faster than a message arrives, so it is kept until the message has. */
const MESSAGE_MS = 250

export function browserTabs(): Tabs {
  const channel = new BroadcastChannel('lantern')
  const tabs: Tabs = {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
    tell: (message) => channel.postMessage(message),
    onMessage: () => {},
    async exclusively(name, work) {
      await navigator.locks.request(`lantern ${name}`, async () => {
        await work()
        await new Promise((resolve) => setTimeout(resolve, MESSAGE_MS))
      })
    },
  }
  channel.addEventListener('message', ({ data }) => {
    const message = readTabMessage(data)
    if (message) tabs.onMessage(message)
  })
  return tabs
}
