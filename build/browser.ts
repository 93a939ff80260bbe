import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** Starts the Chromium that CHROMIUM names or that is on the PATH; nothing is downloaded. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM || onPath()
  if (executablePath === undefined)
    throw new Error(
      `no Chromium: install one (apt-get install chromium), or name it in CHROMIUM. Looked for ${NAMES.join(', ')} on the PATH`,
    )
  // Chromium's own sandbox does not start for root, and a container often runs as root.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 })
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(
    isExecutable,
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
