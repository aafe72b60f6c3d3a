import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A regular expression of the shipped code, and where it stands. */
export interface Regex {
	where: string;
	source: string;
	flags: string;
}

/** The TypeScript files of the package. */
const sourceFiles = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => join(folder, file)),
);

/**
 * What of the shipped code may take long over a text: the regular expressions written as such, the files
 * that make one of a text, and the files that normalize text.
 */
export function regexesOfPackage() {
	const literals: Regex[] = [];
	const made: string[] = [];
	const normalizing = new Set<string>();
	for (const file of sourceFiles) {
		const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
		const visit = (node: ts.Node): void => {
			if (ts.isRegularExpressionLiteral(node)) {
				const end = node.text.lastIndexOf('/');
				literals.push({
					where: `${file} ${node.text}`,
					source: node.text.slice(1, end),
					flags: node.text.slice(end + 1),
				});
			}
			const isCall = ts.isNewExpression(node) || ts.isCallExpression(node);
			if (isCall && ts.isIdentifier(node.expression) && node.expression.text === 'RegExp')
				made.push(file);
			if (ts.isPropertyAccessExpression(node) && node.name.text === 'normalize')
				normalizing.add(file);
			ts.forEachChild(node, visit);
		};
		visit(source);
	}
	return { literals, made, normalizing: [...normalizing] };
}
