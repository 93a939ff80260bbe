import { createHash } from 'node:crypto'

/** The manifest of the kubectl plugin for a version, with the checksum of its tarball. */
export function krewManifest(template: string, version: string, tarball: Uint8Array): string {
  const checksum = createHash('sha256').update(tarball).digest('hex')
  return template
    .replace(/^#.*\n/gm, '')
    .replace(/(?<=^ {2}version: v).+$/m, version)
    .replace(/(?<=\/download\/v).+$/m, `${version}/istio-traffic-shift-${version}.tgz`)
    .replace(/(?<=sha256: ")0{64}(?=")/, checksum)
}
