import { readFileSync } from 'node:fs'
import path from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { krewManifest } from './krew-manifest.ts'

/** node build/krew.ts TARBALL: prints the Krew manifest of this version, whose package is the file TARBALL. */
const template = path.resolve(import.meta.dirname, '../krew/traffic-shift.yaml')
const [tarball = ''] = process.argv.slice(2)
const text = krewManifest(readFileSync(template, 'utf8'), manifest.version, readFileSync(tarball))
process.stdout.write(text)
