// Loads the files that are named as n8n does, each with an object of its class, with n8n-workflow already there, and
// tells how much processor time that took.
const { basename } = require('node:path');

require('n8n-workflow');

const files = process.argv.slice(2);
const before = process.cpuUsage();
for (const file of files) new (require(file)[basename(file).split('.')[0]])();
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000));
