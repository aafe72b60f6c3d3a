const { dest, src } = require('gulp');

/** Copies what the compiler leaves out, icons and codex files, to the place n8n looks for them. */
function assets() {
	return src('nodes/**/*.{svg,node.json}', { encoding: false }).pipe(dest('dist/nodes'));
}

exports.default = assets;
