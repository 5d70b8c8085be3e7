import type { CDPSession, Page } from 'playwright-core'

export type Device = { transport: 'internal' | 'usb' } & Record<
  'hasResidentKey' | 'hasUserVerification',
  boolean
>
export const PLATFORM: Device = {
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
}
export const KEY: Device = { transport: 'usb', hasResidentKey: false, hasUserVerification: false }

/** Gives the page a device that signs what it is asked to, as if the user had touched it. */
export async function addVirtualAuthenticator(
  page: Page,
  device: Device,
): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ...device,
      isUserVerified: device.hasUserVerification,
      automaticPresenceSimulation: true,
    },
  })
  return { cdp, authenticatorId }
}
