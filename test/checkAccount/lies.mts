import { compile, type Ast, type Literal } from '../sandbox/filter.mts';
import type {
	SandboxResponse,
	LoggedRequest,
	Row,
	Sandbox,
	SandboxOptions,
} from '../sandbox/index.mts';
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
const respond = (
	interpose: (request: LoggedRequest, proceed: Proceed) => SandboxResponse,
): Lie => ({
	options: { interpose },
});

/** The same for views alone. */
const respondToViews = (
	interpose: (request: LoggedRequest, proceed: Proceed) => SandboxResponse,
): Lie =>
	respond((request, proceed) =>
		request.view === undefined ? proceed() : interpose(request, proceed),
	);

/** Changes the query of views. */
const changeQuery = (
	change: (query: Record<string, string>) => Record<string, string | undefined>,
): Lie =>
	respondToViews(({ query }, proceed) => {
		const parameters = Object.entries({ ...query, ...change(query) });
		return proceed(
			Object.fromEntries(
				parameters.filter((pair): pair is [string, string] => pair[1] !== undefined),
			),
		);
	});

/** Changes the pages of views. */
const changePages = (change: (page: Page, request: LoggedRequest) => Page): Lie =>
	respondToViews((request, proceed) => {
		const { status, body } = proceed();
		return { status, body: change(body as Page, request) };
	});

const changeRows = (change: (row: Row, request: LoggedRequest) => Row): Lie =>
	changePages((page, request) => ({ ...page, data: page.data.map((row) => change(row, request)) }));

const omit = (row: Row, ...names: string[]): Row =>
	Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

/** Refuses filters that contain such a part. */
const refuseParts = (isRefused: (part: Ast) => boolean): Lie => {
	const contains = (part: Ast): boolean =>
		isRefused(part) ||
		(part.kind === 'not' && contains(part.term)) ||
		((part.kind === 'and' || part.kind === 'or') && part.terms.some(contains));
	return { options: { filterBy: (ast) => (contains(ast) ? refuse() : compile(ast)) } };
};

/** Refuses comparisons with such a value. */
const refuseValues = (isRefused: (value: Literal, operator: '=' | '>') => boolean): Lie =>
	refuseParts((part) => part.kind === 'comparison' && isRefused(part.value, part.operator));

/** Changes the body of writes before it is read. */
const changeBodies = (method: string, change: (body: Row) => Row): Lie =>
	respond((request, proceed) => {
		if (request.method === method) {
			request.rawBody = JSON.stringify(change(JSON.parse(request.rawBody) as Row));
		}
		return proceed();
	});

const removeAccents = (value: unknown): unknown =>
	typeof value === 'string' ? value.normalize('NFD').replace(/\p{M}/gu, '') : value;

const replaceNulls = (row: Row): Row =>
	Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? '']));

/** Returns rows in another order at each request. */
function shuffleRows(): Lie {
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
function refuseRepeats(): Lie {
	let before = '';
	return respond((request, proceed) => {
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
	views: respondToViews(({ view }, proceed) => (view === 'gems' ? refuse(404) : proceed())),
	'views: status 200 without rows': respondToViews(({ view }, proceed) =>
		view === 'gems' ? { status: 200, body: { message: 'Not available.' } } : proceed(),
	),
	'units-view': respondToViews(({ view }, proceed) => (view === 'units' ? refuse(404) : proceed())),
	'default-page': changeQuery(({ limit = '500' }) => ({ limit })),
	limit: changeQuery(({ limit }) => ({ limit: Number(limit) < 50 ? '50' : limit })),
	'large-pages': { options: { maxLimit: 1000 } },
	'next-offset': changePages(({ metadata, data }) => ({
		metadata: { ...metadata, nextOffset: metadata.nextOffset && 1 },
		data,
	})),
	'last-page': changePages(({ metadata, data }) => ({
		metadata: { ...metadata, nextOffset: metadata.nextOffset ?? metadata.count },
		data,
	})),
	offset: changeQuery(() => ({ offset: '0' })),
	'stable-order': shuffleRows(),
	'id-column': changeRows((row, { view, query }) =>
		view === 'groups' && query.columns === undefined ? omit(row, 'id') : row,
	),
	columns: changeRows((row, { query }) =>
		query.columns === undefined ? row : { ...row, more: 1 },
	),
	'raw-comma': respondToViews(({ url }, proceed) =>
		/columns=[^&]*,/.test(url) ? refuse() : proceed(),
	),
	'encoded-comma': respondToViews(({ url }, proceed) =>
		/columns=[^&]*%2C/.test(url) ? refuse() : proceed(),
	),
	'hidden-columns': changeRows((row, { view, query }) =>
		view === 'companies' && query.columns !== undefined ? omit(row, 'isDisabled', 'category') : row,
	),
	'nested-properties': changeRows((row) => ({
		...omit(row, 'properties'),
		...Object.fromEntries(
			Object.entries((row.properties ?? {}) as Row).map(([key, value]) => [
				`properties.${key}`,
				value,
			]),
		),
	})),
	'properties-parameter': changeQuery(() => ({ properties: undefined })),
	days: changeRows((row) =>
		Object.fromEntries(
			Object.entries(row).map(([name, value]) => [
				name,
				isDay(value) ? Date.parse(String(value)) : value,
			]),
		),
	),

	filters: respondToViews(({ query }, proceed) => {
		proceed();
		return proceed(omit(query, 'externalFilter') as Record<string, string>);
	}),
	'raw-filter': { options: { strict: true } },
	booleans: refuseValues((value) => typeof value === 'boolean'),
	or: refuseParts(({ kind }) => kind === 'or'),
	'or: the first condition alone': {
		options: {
			filterBy: (ast) => compile(ast.kind === 'or' ? ast.terms[0] : ast),
		},
	},
	not: refuseParts(({ kind }) => kind === 'not'),
	'greater-number': refuseValues((value, sign) => sign === '>' && typeof value === 'number'),
	'greater-text': refuseValues(
		(value, sign) => sign === '>' && typeof value === 'string' && !isDay(value),
	),
	'greater-day': refuseValues((value, sign) => sign === '>' && isDay(value)),
	'doubled-quote': {
		...refuseValues((value) => typeof value === 'string' && value.includes("'")),
		// A probe of another assumption must not take a text with a quote.
		prepare: (sandbox) => sandbox.patch('companies', 30001, { properties: { note: "Ema's" } }),
	},
	'no-value': {
		options: {
			filterBy: (ast) => {
				const passes = compile(ast);
				return (row) => passes(replaceNulls(row));
			},
		},
	},
	'properties-filter': refuseParts(
		(part) => part.kind === 'comparison' && part.column.startsWith('properties.'),
	),
	'empty-text': refuseValues((value) => value === ''),
	case: { options: { ignoreCase: true } },
	accents: { options: { compareBy: removeAccents } },
	'type-column': respondToViews(({ view, query }, proceed) => {
		if (view !== 'documents') return proceed();
		if (query.externalFilter?.includes('type=')) refuse();
		const { status, body } = proceed();
		const { metadata, data } = body as Page;
		return { status, body: { metadata, data: data.map((row) => omit(row, 'type')) } };
	}),
	'long-address': { options: { maxUrlLength: 3000 } },

	'get-by-id': respond(({ entity }, proceed) => (entity === 'persons' ? refuse(405) : proceed())),
	'bare-record': { options: { wrapEntity: true } },
	registration: { options: { registrationParameter: 'number' } },
	'field-names': respond(({ entity, method }, proceed) => {
		const { status, body } = proceed();
		const isCompany = entity === 'companies' && method === 'GET';
		return { status, body: isCompany ? omit(body as Row, 'isCertified') : body };
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
	'unknown-view': respondToViews(({ view }, proceed) =>
		view === 'no.such.view' ? refuse(400) : proceed(),
	),
	'unknown-column': changeQuery(({ columns }) =>
		columns === 'noSuchColumn' ? { columns: 'id' } : {},
	),
	'broken-filter': respondToViews(({ query }, proceed) =>
		query.externalFilter === '(id=' ? refuse(500) : proceed(),
	),
	reasons: respond((_, proceed) => {
		try {
			return proceed();
		} catch (caught) {
			if (caught instanceof Refusal) return { status: caught.status };
			throw caught;
		}
	}),

	'created-id': { options: { writeResponse: 'nothing' } },
	'shown-at-once': changePages((page, { query }) =>
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
	'is-disabled': changeBodies('POST', (body) => omit(body, 'isDisabled')),
	'partial-update': changeBodies('PATCH', (body) => ({ tags: null, ...body })),
	'merged-properties': { options: { patchProperties: 'replace' } },
	'null-clears': changeBodies('PATCH', (body) => (body.industry === null ? {} : body)),
	'repeated-update': refuseRepeats(),
};
