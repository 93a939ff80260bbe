#!/usr/bin/env node
import { startCommandLine } from '../programs/index.js'
startCommandLine()
