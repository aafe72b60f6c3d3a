/** A date of Luxon, as n8n's expressions give it, or of JavaScript. */
export const isDate = (value: unknown): boolean =>
	value instanceof Date ||
	typeof (value as { toISODate?: unknown } | null | undefined)?.toISODate === 'function';

/** `2026-3-4` and ISO 8601's basic form, `20260304`, as `2026-03-04`. Other text as it is. */
const toExtendedForm = (text: string): string => {
	const [, year, month, day] =
		/^(\d{4})(?:-(\d{1,2})-(\d{1,2})|(\d{2})(\d{2}))$/
			.exec(text)
			?.filter((part) => part !== undefined) ?? [];
	return year ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text;
};

/**
 * The day of a date, given as an ISO text or as a date object, in the workflow's time zone, as Teamogy writes dates:
 * YYYY-MM-DD (DOC). Undefined for anything else.
 */
export const toDay = (value: unknown, timeZone: string): string | undefined => {
	// A date of Luxon, as n8n's expressions give it.
	const { toISODate } = (value ?? {}) as { toISODate?: () => string | null };
	if (typeof toISODate === 'function') return toISODate.call(value) ?? undefined;
	const text = toExtendedForm(value instanceof Date ? value.toISOString() : String(value).trim());
	const [, day, time] = /^(\d{4}-\d{2}-\d{2})(?:[T ](.+))?$/.exec(text) ?? [];
	if (!day || Number.isNaN(Date.parse(text))) return undefined;
	// `Date` takes 30 February for 2 March.
	if (!new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return undefined;
	const hasZone = time !== undefined && /(Z|[+-]\d{2}:?\d{2})$/i.test(time);
	return hasZone ? new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(text)) : day;
};
