// Loads what n8n loads of the built package, with n8n-workflow already there, and tells how long it took.
const { n8n } = require('../../package.json');
require('n8n-workflow');

const began = performance.now();
for (const file of [...n8n.credentials, ...n8n.nodes]) require(`../../${file}`);
process.stdout.write(String(performance.now() - began));
