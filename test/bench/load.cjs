// Loads the files that are named, with n8n-workflow already there, and tells how much processor time that took.
require('n8n-workflow');

const files = process.argv.slice(2);
const before = process.cpuUsage();
for (const file of files) require(file);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000));
