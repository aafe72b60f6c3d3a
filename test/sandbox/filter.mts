import peggy from 'peggy';

/**
 * The grammar of `externalFilter`: what is documented, nothing else.
 *
 * Documented: `=`, `>`, AND, OR, NOT, round brackets, numbers, booleans, strings in single quotes.
 * Sandbox's assumptions: a single quote inside a string is doubled; a nested key is written `properties.name`;
 * keywords are upper case. ANY is documented by name only, so it is refused like everything else that is unknown.
 */
const grammar = String.raw`
Filter = _ term:Or _ { return term; }

Or = head:And tail:(_ 'OR' !Part _ term:And { return term; })* {
	return tail.length ? { kind: 'or', terms: [head, ...tail] } : head;
}

And = head:Not tail:(_ 'AND' !Part _ term:Not { return term; })* {
	return tail.length ? { kind: 'and', terms: [head, ...tail] } : head;
}

Not
	= 'NOT' !Part _ term:Not { return { kind: 'not', term }; }
	/ '(' _ term:Or _ ')' { return term; }
	/ Comparison

Comparison = column:Column _ operator:('=' / '>') _ value:Literal {
	return { kind: 'comparison', column, operator, value };
}

Column "a column" = !(Keyword !Part) @$([A-Za-z_] [A-Za-z0-9_]* ([.-] [A-Za-z0-9_]+)*)

Keyword = 'AND' / 'OR' / 'NOT' / 'ANY' / 'true' / 'false'

Literal "a number, true, false or a string in single quotes" = Number / Boolean / Text

Number = digits:$('-'? [0-9]+ ('.' [0-9]+)?) !Part { return Number(digits); }

Boolean
	= 'true' !Part { return true; }
	/ 'false' !Part { return false; }

Text = "'" text:$(([^'] / "''")*) "'" { return text.replaceAll("''", "'"); }

Part = [A-Za-z0-9_.]

_ "white space" = [ \t\r\n]*
`;

const parser = peggy.generate(grammar);

export type Literal = number | boolean | string;
export type Ast =
	| { kind: 'comparison'; column: string; operator: '=' | '>'; value: Literal }
	| { kind: 'and' | 'or'; terms: Ast[] }
	| { kind: 'not'; term: Ast };

/** A filter that is not in the documented grammar. `position` counts characters from 1. */
export class FilterError extends Error {
	constructor(
		message: string,
		readonly position: number,
	) {
		super(message);
	}
}

/** Parses the text of an `externalFilter`, or throws a FilterError that says where it stopped being one. */
export function parseFilter(text: string): Ast {
	try {
		return parser.parse(text) as Ast;
	} catch (caught) {
		if (caught instanceof parser.SyntaxError) {
			const position = caught.location.start.offset + 1;
			throw new FilterError(`${caught.message} Position ${position}.`, position);
		}
		if (caught instanceof RangeError) throw new FilterError('Nested too deeply. Position 1.', 1);
		throw caught;
	}
}

/** Finds all columns that a filter reads. */
export function findColumns(ast: Ast, found = new Set<string>()): Set<string> {
	if (ast.kind === 'comparison') found.add(ast.column);
	else if (ast.kind === 'not') findColumns(ast.term, found);
	else for (const term of ast.terms) findColumns(term, found);
	return found;
}

type Values = Readonly<Record<string, unknown>>;
type Test = (row: Values) => boolean | null;

/** Whether a row passes. Missing values compare as unknown, as in SQL (sandbox's assumption). */
export function evaluate(ast: Ast, row: Values): boolean {
	return compile(ast)(row);
}

/** What `=` compares: two values are equal where this gives the same for both. */
export type By = (value: unknown) => unknown;
const unchanged: By = (value) => value;
/** Compares texts in any case. */
export const ignoreCase: By = (value) => (typeof value === 'string' ? value.toLowerCase() : value);

/** Builds a filter as a function, for many rows. */
export function compile(ast: Ast, by: By = unchanged): (row: Values) => boolean {
	const test = buildTest(ast, by);
	return (row) => test(row) === true;
}

function buildTest(ast: Ast, by: By): Test {
	switch (ast.kind) {
		case 'comparison':
			return ast.operator === '='
				? buildIsOneOf(ast.column, [ast.value], by)
				: buildIsGreater(ast.column, ast.value);
		case 'not': {
			const test = buildTest(ast.term, by);
			return (row) => {
				const result = test(row);
				return result === null ? null : !result;
			};
		}
		case 'and':
			return combine(
				ast.terms.map((term) => buildTest(term, by)),
				false,
			);
		case 'or':
			return combine(buildAlternatives(ast.terms, by), true);
	}
}

/** Makes one look-up in a set of many `column = value` on the same column. */
function buildAlternatives(terms: Ast[], by: By): Test[] {
	const equals = new Map<string, Literal[]>();
	const others: Test[] = [];
	for (const term of terms) {
		if (term.kind !== 'comparison' || term.operator !== '=') {
			others.push(buildTest(term, by));
			continue;
		}
		const values = equals.get(term.column);
		if (values) values.push(term.value);
		else equals.set(term.column, [term.value]);
	}
	return [...[...equals].map(([column, values]) => buildIsOneOf(column, values, by)), ...others];
}

/** A number never equals a string: no conversion is documented. */
function buildIsOneOf(column: string, values: Literal[], by: By): Test {
	const read = buildReader(column);
	const wanted = new Set<unknown>(values.map(by));
	return (row) => {
		const value = read(row);
		return value === null || value === undefined ? null : wanted.has(by(value));
	};
}

function buildIsGreater(column: string, limit: Literal): Test {
	const read = buildReader(column);
	return (row) => {
		const value = read(row);
		if (value === null || value === undefined) return null;
		if (typeof value === 'number' && typeof limit === 'number') return value > limit;
		if (typeof value === 'string' && typeof limit === 'string') return value > limit;
		return false;
	};
}

/** AND where `decisive` is false, OR where it is true: the result as soon as one test gives it. */
function combine(tests: Test[], decisive: boolean): Test {
	return (row) => {
		let result: boolean | null = !decisive;
		for (const test of tests) {
			const one = test(row);
			if (one === decisive) return decisive;
			if (one === null) result = null;
		}
		return result;
	};
}

const NESTED = 'properties.';

function buildReader(column: string): (row: Values) => unknown {
	if (column in Object.prototype) {
		return (row) => (Object.hasOwn(row, column) ? row[column] : undefined);
	}
	if (!column.startsWith(NESTED)) return (row) => row[column];
	const key = column.slice(NESTED.length);
	return (row) => {
		const properties = row.properties as Values | null | undefined;
		return properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
	};
}
