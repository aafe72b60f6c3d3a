import { compile, type Ast, type Literal } from '../sandbox/filter.mts';
import type { Answered, LoggedRequest, Row, Sandbox, SandboxOptions } from '../sandbox/index.mts';
import { Refusal } from '../sandbox/types.mts';

/** A change of the sandbox for the tests: one assumption does not hold any more, all others do. */
export interface Lie {
	options?: Partial<SandboxOptions>;
	prepare?: (sandbox: Sandbox) => void;
}

type Interpose = NonNullable<SandboxOptions['interpose']>;
type Proceed = Parameters<Interpose>[1];
interface Page {
	metadata: { nextOffset: number | null; count: number };
	data: Row[];
}

const refuse = (status = 400): never => {
	throw new Refusal(status, 'The sandbox was told to refuse this.');
};
const isDay = (value: unknown): boolean =>
	typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);

/** Responds in place of the sandbox; `proceed` gives the response of the sandbox. */
const interpose = (answer: (request: LoggedRequest, proceed: Proceed) => Answered): Lie => ({
	options: { interpose: answer },
});

/** The same for views alone. */
const onViews = (answer: (request: LoggedRequest, proceed: Proceed) => Answered): Lie =>
	interpose((request, proceed) =>
		request.view === undefined ? proceed() : answer(request, proceed),
	);

/** Changes the query of views. */
const asking = (
	change: (query: Record<string, string>) => Record<string, string | undefined>,
): Lie =>
	onViews(({ query }, proceed) => {
		const asked = Object.entries({ ...query, ...change(query) });
		return proceed(
			Object.fromEntries(asked.filter((pair): pair is [string, string] => pair[1] !== undefined)),
		);
	});

/** Changes the pages of views. */
const onPages = (change: (page: Page, request: LoggedRequest) => Page): Lie =>
	onViews((request, proceed) => {
		const { status, body } = proceed();
		return { status, body: change(body as Page, request) };
	});

const onRows = (change: (row: Row, request: LoggedRequest) => Row): Lie =>
	onPages((page, request) => ({ ...page, data: page.data.map((row) => change(row, request)) }));

const without = (row: Row, ...names: string[]): Row =>
	Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

/** Refuses filters that contain such a part. */
const refusing = (isRefused: (part: Ast) => boolean): Lie => {
	const contains = (part: Ast): boolean =>
		isRefused(part) ||
		(part.kind === 'not' && contains(part.term)) ||
		((part.kind === 'and' || part.kind === 'or') && part.terms.some(contains));
	return { options: { filterBy: (ast) => (contains(ast) ? refuse() : compile(ast)) } };
};

/** Refuses comparisons with such a value. */
const refusingValues = (isRefused: (value: Literal, operator: '=' | '>') => boolean): Lie =>
	refusing((part) => part.kind === 'comparison' && isRefused(part.value, part.operator));

/** Changes the body of writes before it is read. */
const onBodies = (method: string, change: (body: Row) => Row): Lie =>
	interpose((request, proceed) => {
		if (request.method === method) {
			request.rawBody = JSON.stringify(change(JSON.parse(request.rawBody) as Row));
		}
		return proceed();
	});

const withoutAccents = (value: unknown): unknown =>
	typeof value === 'string' ? value.normalize('NFD').replace(/\p{M}/gu, '') : value;

const withoutNulls = (row: Row): Row =>
	Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? '']));

/** Returns rows in another order at each request. */
function shuffling(): Lie {
	let nth = 0;
	const place = ({ id }: Row): number => (Number(id) * (nth * 7 + 1)) % 97;
	return {
		options: {
			order: (one, other) => place(one) - place(other),
			interpose: (_, proceed) => {
				nth++;
				return proceed();
			},
		},
	};
}

/** Refuses an update that comes a second time. */
function refusingRepeats(): Lie {
	let before = '';
	return interpose((request, proceed) => {
		if (request.method !== 'PATCH') return proceed();
		if (request.rawBody === before) refuse(409);
		before = request.rawBody;
		return proceed();
	});
}

/** Options with which every probe finds something to decide on: views do not show all columns. */
export const TRUTH: SandboxOptions = {
	defaultColumns: {
		companies: ['id', 'type', 'name', 'isClient', 'industry', 'registration', 'tags', 'properties'],
	},
};

/** By the ID of the assumption. After a colon stands what tells two lies about one assumption apart. */
export const LIES: Record<string, Lie> = {
	views: onViews(({ view }, proceed) => (view === 'gems' ? refuse(404) : proceed())),
	'views: status 200 without rows': onViews(({ view }, proceed) =>
		view === 'gems' ? { status: 200, body: { message: 'Not available.' } } : proceed(),
	),
	'units-view': onViews(({ view }, proceed) => (view === 'units' ? refuse(404) : proceed())),
	'default-page': asking(({ limit = '500' }) => ({ limit })),
	limit: asking(({ limit }) => ({ limit: Number(limit) < 50 ? '50' : limit })),
	'large-pages': { options: { maxLimit: 1000 } },
	'next-offset': onPages(({ metadata, data }) => ({
		metadata: { ...metadata, nextOffset: metadata.nextOffset && 1 },
		data,
	})),
	'last-page': onPages(({ metadata, data }) => ({
		metadata: { ...metadata, nextOffset: metadata.nextOffset ?? metadata.count },
		data,
	})),
	offset: asking(() => ({ offset: '0' })),
	'stable-order': shuffling(),
	'id-column': onRows((row, { view, query }) =>
		view === 'groups' && query.columns === undefined ? without(row, 'id') : row,
	),
	columns: onRows((row, { query }) => (query.columns === undefined ? row : { ...row, more: 1 })),
	'raw-comma': onViews(({ url }, proceed) => (/columns=[^&]*,/.test(url) ? refuse() : proceed())),
	'encoded-comma': onViews(({ url }, proceed) =>
		/columns=[^&]*%2C/.test(url) ? refuse() : proceed(),
	),
	'hidden-columns': onRows((row, { view, query }) =>
		view === 'companies' && query.columns !== undefined
			? without(row, 'isDisabled', 'category')
			: row,
	),
	'nested-properties': onRows((row) => ({
		...without(row, 'properties'),
		...Object.fromEntries(
			Object.entries((row.properties ?? {}) as Row).map(([key, value]) => [
				`properties.${key}`,
				value,
			]),
		),
	})),
	'properties-parameter': asking(() => ({ properties: undefined })),
	days: onRows((row) =>
		Object.fromEntries(
			Object.entries(row).map(([name, value]) => [
				name,
				isDay(value) ? Date.parse(String(value)) : value,
			]),
		),
	),

	filters: onViews(({ query }, proceed) => {
		proceed();
		return proceed(without(query, 'externalFilter') as Record<string, string>);
	}),
	'raw-filter': { options: { strict: true } },
	booleans: refusingValues((value) => typeof value === 'boolean'),
	or: refusing(({ kind }) => kind === 'or'),
	'or: the first condition alone': {
		options: {
			filterBy: (ast) => compile(ast.kind === 'or' ? ast.terms[0] : ast),
		},
	},
	not: refusing(({ kind }) => kind === 'not'),
	'greater-number': refusingValues((value, sign) => sign === '>' && typeof value === 'number'),
	'greater-text': refusingValues(
		(value, sign) => sign === '>' && typeof value === 'string' && !isDay(value),
	),
	'greater-day': refusingValues((value, sign) => sign === '>' && isDay(value)),
	'doubled-quote': refusingValues((value) => typeof value === 'string' && value.includes("'")),
	'no-value': {
		options: {
			filterBy: (ast) => {
				const passes = compile(ast);
				return (row) => passes(withoutNulls(row));
			},
		},
	},
	'properties-filter': refusing(
		(part) => part.kind === 'comparison' && part.column.startsWith('properties.'),
	),
	'empty-text': refusingValues((value) => value === ''),
	case: { options: { ignoreCase: true } },
	accents: { options: { compareBy: withoutAccents } },
	'type-column': onViews(({ view, query }, proceed) => {
		if (view !== 'documents') return proceed();
		if (query.externalFilter?.includes('type=')) refuse();
		const { status, body } = proceed();
		const { metadata, data } = body as Page;
		return { status, body: { metadata, data: data.map((row) => without(row, 'type')) } };
	}),
	'long-address': { options: { maxUrlLength: 3000 } },

	'get-by-id': interpose(({ entity }, proceed) => (entity === 'persons' ? refuse(405) : proceed())),
	'bare-record': { options: { wrapEntity: true } },
	registration: { options: { registrationParameter: 'number' } },
	'field-names': interpose(({ entity, method }, proceed) => {
		const { status, body } = proceed();
		const isCompany = entity === 'companies' && method === 'GET';
		return { status, body: isCompany ? without(body as Row, 'isCertified') : body };
	}),

	'wrong-key': {
		prepare: (sandbox) =>
			sandbox.fault({
				kind: 'status',
				status: 400,
				times: Infinity,
				when: ({ headers }) => headers.authorization !== `Bearer ${sandbox.apiKey}`,
			}),
	},
	'unknown-view': onViews(({ view }, proceed) =>
		view === 'no.such.view' ? refuse(400) : proceed(),
	),
	'unknown-column': asking(({ columns }) => (columns === 'noSuchColumn' ? { columns: 'id' } : {})),
	'broken-filter': onViews(({ query }, proceed) =>
		query.externalFilter === '(id=' ? refuse(500) : proceed(),
	),
	reasons: interpose((_, proceed) => {
		try {
			return proceed();
		} catch (caught) {
			if (caught instanceof Refusal) return { status: caught.status };
			throw caught;
		}
	}),

	'created-id': { options: { entityAnswer: 'nothing' } },
	'shown-at-once': onPages((page, { query }) =>
		query.externalFilter?.includes('TEST') ? { ...page, data: [] } : page,
	),
	'ids-grow': {
		prepare: (sandbox) =>
			sandbox.set({
				interpose: ({ method, rawBody }, proceed) => {
					if (method !== 'POST') return proceed();
					const { id } = sandbox.insert('companies', { ...(JSON.parse(rawBody) as Row), id: 1 });
					return { status: 200, body: { id } };
				},
			}),
	},
	'is-disabled': onBodies('POST', (body) => without(body, 'isDisabled')),
	'partial-update': onBodies('PATCH', (body) => ({ tags: null, ...body })),
	'merged-properties': { options: { patchProperties: 'replace' } },
	'null-clears': onBodies('PATCH', (body) => (body.industry === null ? {} : body)),
	'repeated-update': refusingRepeats(),
};
