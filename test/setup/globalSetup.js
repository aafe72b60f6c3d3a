const tsx = require('tsx/cjs/api');
const checkBuild = require('./freshBuild.js');

/** Before jest starts: the build is that of the sources, and what the engine needs is there, so that no test waits for a download. */
module.exports = async () => {
	checkBuild();
	const { fetchBaseNodes } = tsx.require('../engine/baseNodes.mts', __filename);
	await fetchBaseNodes();
};
