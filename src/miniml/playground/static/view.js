// src/decode.ts
function e(e) {
	let t = new DataView(e).getUint32(0, !0), n = JSON.parse(new TextDecoder().decode(new Uint8Array(e, 4, t))), r = 4 + t, i = {};
	for (let [t, a] of Object.entries(n.sections)) {
		let n = {
			u8: Uint8Array,
			i8: Int8Array,
			f32: Float32Array
		}[a.dtype];
		i[t] = new n(e, r + a.offset, a.length);
	}
	return {
		header: n,
		arrays: i
	};
}
// src/dom.ts
function t(e, t = {}, ...n) {
	let r = document.createElement(e);
	for (let [e, n] of Object.entries(t)) typeof n == "function" ? r.addEventListener(e.slice(2), n) : n === !0 ? r.setAttribute(e, "") : n !== !1 && r.setAttribute(e, String(n));
	return r.append(...n), r;
}
function n(e, t) {
	e.textContent !== t && (e.textContent = t);
}
function r(e, n, r = "") {
	return t("label", { class: `ml-field ${r}` }, t("span", {}, e), n);
}
function i(e, n) {
	let r = t("select", { "aria-label": e });
	return r.addEventListener("change", () => n(r.value)), r;
}
function a(e, n, r) {
	let i = JSON.stringify(n);
	e.dataset.options !== i && (e.dataset.options = i, e.replaceChildren(...n.map(([e, n]) => t("option", { value: e }, n)))), e.value !== r && document.activeElement !== e && (e.value = r), e.value !== r && (e.value = r);
}
function o(e, n, r = {}) {
	return t("button", {
		type: "button",
		onclick: n,
		...r
	}, e);
}
// src/panels/bar.ts
var s = [
	["1", "1 a second"],
	["5", "5 a second"],
	["20", "20 a second"],
	["100", "100 a second"],
	["1000", "1000 a second"],
	["1000000", "as fast as it goes"]
], c = [
	1e-4,
	.001,
	.003,
	.01,
	.03,
	.1,
	.3,
	.5,
	1,
	2,
	3,
	10
], l = [["0", "all points"], ...[
	1,
	5,
	10,
	20,
	50,
	100
].map((e) => [String(e), String(e)])];
function u(e, u) {
	let f = !1, p = o("Play", () => e({ type: f ? "pause" : "play" }), { class: "ml-play" }), m = o("Step", () => e({ type: "step" }), { title: "Make one training step" }), h = o("Reset", () => e({ type: "reset" }), { title: "Go back to the same start" }), g = o("New seed", () => e({ type: "reseed" }), { title: "Draw points and parameters anew" }), _ = o("Undo", () => e({ type: "undo" })), v = o("Redo", () => e({ type: "redo" })), y = t("output", {
		class: "ml-steps",
		"aria-label": "Training steps"
	}), b = i("Speed", (t) => e({
		type: "tune",
		speed: Number(t)
	})), ee = i("Optimiser", (t) => e({
		type: "tune",
		optimizer: t
	})), x = i("Learning rate", (t) => e({
		type: "tune",
		rate: Number(t)
	})), S = i("Batch size", (t) => e({
		type: "tune",
		batch: Number(t)
	})), C = i("Loss", (t) => e({
		type: "tune",
		loss: t
	})), w = t("div", { class: "ml-fields" }, r("Speed", b), r("Loss", C), r("Optimiser", ee), r("Rate", x), r("Batch", S));
	return {
		element: t("div", {
			class: "ml-bar",
			role: "toolbar",
			"aria-label": "Training"
		}, t("div", { class: "ml-buttons" }, p, m, h, ...u ? [g] : []), y, ...u ? [w, t("div", { class: "ml-buttons ml-undo" }, _, v)] : []),
		update(e) {
			let { header: t, catalogue: r } = e, { settings: i } = t;
			f = t.playing, n(p, f ? "Pause" : "Play"), p.classList.toggle("ml-playing", f), n(y, `step ${t.step}`), _.disabled = !t.undo, v.disabled = !t.redo, a(b, d(s, String(i.speed)), String(i.speed)), a(ee, r.optimizers.map((e) => [e, e]), i.optimizer), a(C, r.losses.map((e) => [e, e]), i.loss), a(x, d(c.map((e) => [String(e), String(e)]), String(i.rate)), String(i.rate)), a(S, d(l, String(i.batch)), String(i.batch));
		}
	};
}
function d(e, t) {
	return e.some(([e]) => e === t) ? e : [...e, [t, t]].sort((e, t) => Number(e[0]) - Number(t[0]));
}
// src/panel.ts
function f(e, ...n) {
	return t("section", {
		class: "ml-panel",
		"aria-label": e
	}, t("h2", {}, e), ...n);
}
// src/panels/data.ts
function p(e) {
	let n = i("Data set", (t) => e({
		type: "load",
		data: t
	})), a = g("Noise", 0, 1, .05, (t) => e({
		type: "load",
		noise: t
	})), s = g("Points", 10, 500, 10, (t) => e({
		type: "load",
		points: t
	})), c = g("Train share", .1, 1, .05, (t) => e({
		type: "load",
		train_share: t
	})), l = t("input", {
		type: "file",
		accept: ".csv,text/csv",
		hidden: !0,
		"aria-label": "CSV file"
	});
	l.addEventListener("change", () => {
		let t = l.files?.[0];
		t !== void 0 && m(t, e), l.value = "";
	});
	let u = o("Open a CSV…", () => l.click(), {
		title: "Or drop one anywhere on the page. Its last column is the class.",
		class: "ml-quiet"
	});
	return {
		element: f("Data", r("Set", n), a.element, s.element, c.element, u, l),
		update(e) {
			let { settings: t } = e.header;
			h(n, e), a.show(t.noise, `${Math.round(100 * t.noise)} %`), s.show(t.points, String(t.points)), c.show(t.train_share, `${Math.round(100 * t.train_share)} %`);
			let r = !["own", "breast-cancer"].includes(t.data);
			a.element.hidden = !r, s.element.hidden = !r, c.element.hidden = t.data === "own";
		}
	};
}
async function m(e, t) {
	t({
		type: "csv",
		text: (await e.slice(0, 2000001).text()).slice(0, 2e6),
		name: e.name.slice(0, 200)
	});
}
function h(e, n) {
	let r = { ...n.catalogue.data }, { data: i } = n.header.settings;
	i === "own" && r.Own === void 0 && (r.Own = ["own"]);
	let a = JSON.stringify(r);
	e.dataset.groups !== a && (e.dataset.groups = a, e.replaceChildren(...Object.entries(r).map(([e, n]) => t("optgroup", { label: e }, ...n.map((e) => t("option", { value: e }, e)))))), e.value !== i && (e.value = i);
}
function g(e, n, r, i, a) {
	let o = t("input", {
		type: "range",
		min: n,
		max: r,
		step: i,
		"aria-label": e
	});
	o.setAttribute("data-lm-suppress-shortcuts", "");
	let s = t("span", { class: "ml-shown" });
	return o.addEventListener("change", () => a(o.valueAsNumber)), {
		element: t("label", { class: "ml-field ml-sliding" }, t("span", {}, e), o, s),
		show(e, t) {
			(document.activeElement !== o || o.valueAsNumber === e) && (o.value = String(e)), s.textContent = t, o.setAttribute("aria-valuetext", t);
		}
	};
}
// src/numbers.ts
function _(e, t = 3) {
	if (e == null || Number.isNaN(e)) return "–";
	if (!Number.isFinite(e)) return e > 0 ? "∞" : "−∞";
	let n = Math.abs(e);
	return (n !== 0 && (n < .001 || n >= 1e5) ? e.toExponential(t - 1) : Number(e.toPrecision(t)).toString()).replace("-", "−");
}
function v(e, t = 3) {
	return e == null || !Number.isFinite(e) ? "–" : Math.abs(e) >= 1e5 ? _(e) : e.toFixed(t).replace("-", "−");
}
function y(e) {
	return String(Number(e.toPrecision(5)));
}
function b(e) {
	return e === null ? "–" : `${(100 * e).toFixed(e === 1 ? 0 : 1)} %`;
}
function ee(e) {
	let t = 1.25 * Math.abs(e);
	if (!(t > 2)) return 2;
	let n = 10 ** Math.floor(Math.log10(t));
	for (let e of [
		1,
		2,
		5
	]) if (e * n >= t) return e * n;
	return 10 * n;
}
// src/curve.ts
var x = class {
	buffer = /* @__PURE__ */ new Float32Array(1024);
	length = 0;
	splice(e, t) {
		let n = e + t.length;
		if (n > this.buffer.length) {
			let t = new Float32Array(2 ** Math.ceil(Math.log2(n)));
			t.set(this.buffer.subarray(0, e)), this.buffer = t;
		}
		this.buffer.set(t, e), this.length = n;
	}
	get values() {
		return this.buffer.subarray(0, this.length);
	}
	at(e) {
		return e < this.length ? this.buffer[e] ?? NaN : NaN;
	}
}, S = /* @__PURE__ */ new Float32Array(), C = class {
	header;
	catalogue;
	leaves = [];
	axes;
	values = S;
	slopes = null;
	scores = S;
	losses = S;
	places = S;
	labels = /* @__PURE__ */ new Int8Array();
	held = /* @__PURE__ */ new Uint8Array();
	heat = null;
	resolution = 0;
	line = null;
	ghost = null;
	ghostValues = null;
	pointLoss = null;
	sweep = null;
	surface = null;
	surfaceRange = null;
	path = S;
	link = "";
	file = null;
	train = new x();
	test = new x();
	fresh = /* @__PURE__ */ new Set();
	apply({ header: e, arrays: t }) {
		let n = (e) => t[e] ?? null;
		this.fresh = new Set(Object.keys(t));
		for (let t of [
			"catalogue",
			"leaves",
			"axes",
			"link"
		]) e[t] !== void 0 && this.fresh.add(t);
		this.header = e, this.catalogue = e.catalogue ?? this.catalogue, this.leaves = e.leaves ?? this.leaves, this.axes = e.axes ?? this.axes, this.file = t.file ?? null, this.link = e.link ?? this.link, this.values = n("values") ?? S, this.slopes = n("slopes"), this.scores = n("scores") ?? S, this.losses = n("losses") ?? S, this.places = n("places") ?? this.places, this.labels = t.labels ?? this.labels, this.held = t.held ?? this.held, this.heat = t.heat ?? null, this.resolution = e.resolution, this.line = n("line"), this.pointLoss = e.settings.loss === "own" ? null : n("point_loss") ?? this.pointLoss, this.sweep = n("sweep") ?? this.sweep, this.surface = n("surface") ?? this.surface, this.surfaceRange = e.surface ?? this.surfaceRange, this.path = n("path") ?? this.path, this.train.splice(e.curve, n("train_curve") ?? S), this.test.splice(e.curve, n("test_curve") ?? S), e.compared === void 0 ? (this.ghost = null, this.ghostValues = null) : (this.ghost = t.ghost ?? this.ghost, this.ghostValues = n("ghost_values") ?? this.ghostValues);
	}
	knob(e) {
		for (let t of this.leaves) {
			if (t.offset === null) continue;
			let n = t.shape.reduce((e, t) => e * t, 1);
			if (e >= t.offset && e < t.offset + n) return {
				leaf: t,
				index: e - t.offset
			};
		}
		return null;
	}
	knobName(e) {
		let t = this.knob(e);
		return t === null ? "" : w(t.leaf, t.index);
	}
};
function w(e, t) {
	if (e.shape.length === 0) return e.name;
	let n = [], r = t;
	for (let t of [...e.shape].reverse()) n.unshift(r % t), r = Math.floor(r / t);
	return `${e.name}[${n.join(", ")}]`;
}
// src/panels/knob.ts
var T = class {
	leaf;
	send;
	element;
	range;
	number;
	downhill = t("span", { class: "ml-downhill" });
	ghost = t("span", {
		class: "ml-ghost",
		hidden: !0
	});
	span = 2;
	value = NaN;
	index;
	constructor(e, n, r, i) {
		this.leaf = e, this.send = r, this.index = n, this.range = t("input", {
			type: "range",
			step: "any",
			min: -2,
			max: 2,
			disabled: !i,
			"data-lm-suppress-shortcuts": !0
		}), this.number = t("input", {
			type: "number",
			step: "any",
			disabled: !i,
			"data-lm-suppress-shortcuts": !0
		});
		let a = t("span", { class: "ml-knob-name" });
		this.element = t("div", { class: "ml-knob" }, a, t("span", { class: "ml-slider" }, this.range, this.ghost, this.downhill), this.number), this.choose(n), this.range.addEventListener("input", () => this.turn(this.range.valueAsNumber)), this.range.addEventListener("keydown", (e) => this.nudge(e)), this.number.addEventListener("change", () => {
			Number.isFinite(this.number.valueAsNumber) && this.turn(this.number.valueAsNumber);
		});
	}
	choose(e) {
		this.index = e;
		let t = w(this.leaf, e), n = t.slice(this.leaf.name.lastIndexOf(".") + 1), r = this.element.querySelector(".ml-knob-name");
		r !== null && (r.textContent = n), this.range.setAttribute("aria-label", t), this.number.setAttribute("aria-label", `${t}, number`), this.value = NaN;
	}
	get flat() {
		return (this.leaf.offset ?? 0) + this.index;
	}
	turn(e) {
		this.send({
			type: "set",
			name: this.leaf.name,
			index: this.index,
			value: e
		});
	}
	nudge(e) {
		let t = {
			ArrowLeft: -1,
			ArrowDown: -1,
			ArrowRight: 1,
			ArrowUp: 1
		}[e.key];
		if (t === void 0) return;
		e.preventDefault();
		let n = this.span / 2 * (e.shiftKey ? .1 : .02), r = Number((this.value + t * n).toPrecision(12));
		this.range.value = String(r), this.value = r, this.turn(r);
	}
	show(e, t, n) {
		e !== this.value && (this.value = e, this.adapt(e), this.range.value = String(e), this.range.setAttribute("aria-valuetext", _(e)), document.activeElement !== this.number && (this.number.value = y(e))), this.ghost.hidden = n === null, n !== null && (this.ghost.style.left = this.place(n)), this.showDownhill(e, t);
	}
	adapt(e) {
		let t = ee(e);
		(Math.abs(e) > this.span || t * 4 < this.span) && Number.isFinite(t) && (this.span = t, this.range.min = String(-t), this.range.max = String(t));
	}
	place(e) {
		return `calc(7px + ${Math.min(1, Math.max(0, (e + this.span) / (2 * this.span))).toFixed(4)} * (100% - 14px))`;
	}
	showDownhill(e, t) {
		let { style: n } = this.downhill;
		if (t === null || !Number.isFinite(t) || t === 0) {
			n.visibility = "hidden";
			return;
		}
		let r = Math.min(48, 3 + 9 * Math.asinh(20 * Math.abs(t)));
		n.visibility = "visible", n.left = this.place(e), n.setProperty("--length", `${r.toFixed(1)}px`), this.downhill.classList.toggle("ml-left", t > 0);
		let i = `downhill: −∂L/∂θ = ${_(-t)}`;
		this.downhill.title !== i && (this.downhill.title = i);
	}
}, E = class {
	element = document.createElement("canvas");
	context;
	width = 0;
	height = 0;
	constructor(e, t) {
		let n = this.element.getContext("2d");
		if (n === null) throw Error("This browser cannot draw on a canvas.");
		this.context = n, this.element.setAttribute("role", "img"), this.element.setAttribute("aria-label", e), new ResizeObserver(() => {
			this.fit() && t();
		}).observe(this.element);
	}
	fit() {
		let { clientWidth: e, clientHeight: t } = this.element, n = window.devicePixelRatio, [r, i] = [Math.round(e * n), Math.round(t * n)];
		return r === this.element.width && i === this.element.height && this.width > 0 ? !1 : (this.element.width = r, this.element.height = i, this.width = e, this.height = t, !0);
	}
	begin() {
		if (this.width === 0 && this.fit(), this.width === 0 || this.height === 0) return null;
		let e = window.devicePixelRatio;
		return this.context.setTransform(e, 0, 0, e, 0, 0), this.context.clearRect(0, 0, this.width, this.height), this.context;
	}
}, te = class {
	leaf;
	repaint;
	element;
	canvas;
	knob;
	rows;
	columns;
	chosen = 0;
	values = /* @__PURE__ */ new Float32Array();
	theme = null;
	constructor(e, n, r, i) {
		this.leaf = e, this.repaint = i;
		let a = e.shape.reduce((e, t) => e * t, 1);
		this.columns = e.shape.at(-1) ?? 1, this.rows = a / this.columns, this.knob = new T(e, 0, n, r), this.canvas = new E("", () => this.draw()), this.canvas.element.removeAttribute("role"), this.canvas.element.removeAttribute("aria-label"), this.canvas.element.setAttribute("aria-hidden", "true"), this.canvas.element.style.height = `${Math.min(120, Math.max(14, this.rows * 14))}px`;
		let o = t("div", {
			class: "ml-cells",
			tabindex: 0,
			role: "application"
		}, this.canvas.element);
		o.setAttribute("aria-label", `${e.name}, ${e.shape.join(" by ")}: arrow keys choose a number`), o.setAttribute("data-lm-suppress-shortcuts", ""), o.addEventListener("keydown", (e) => this.move(e)), o.addEventListener("pointerdown", (e) => this.point(e)), this.element = t("div", { class: "ml-matrix" }, o, this.knob.element);
	}
	get flat() {
		return this.knob.flat;
	}
	move(e) {
		let t = {
			ArrowLeft: [0, -1],
			ArrowRight: [0, 1],
			ArrowUp: [-1, 0],
			ArrowDown: [1, 0]
		}[e.key];
		if (t === void 0) return;
		e.preventDefault();
		let n = ne(Math.floor(this.chosen / this.columns) + t[0], this.rows), r = ne(this.chosen % this.columns + t[1], this.columns);
		this.choose(n * this.columns + r);
	}
	point(e) {
		let t = this.canvas.element.getBoundingClientRect(), n = ne(Math.floor((e.clientX - t.left) / t.width * this.columns), this.columns), r = ne(Math.floor((e.clientY - t.top) / t.height * this.rows), this.rows);
		this.choose(r * this.columns + n);
	}
	choose(e) {
		this.chosen = e, this.knob.choose(e), this.repaint();
	}
	show(e, t, n, r) {
		let i = this.leaf.offset ?? 0;
		this.values = e.subarray(i, i + this.rows * this.columns), this.theme = r;
		let a = i + this.chosen;
		this.knob.show(e[a] ?? 0, t?.[a] ?? null, n?.[a] ?? null), this.draw();
	}
	draw() {
		let e = this.canvas.begin();
		if (e === null || this.theme === null) return;
		let [t, n] = [this.canvas.width / this.columns, this.canvas.height / this.rows], r = +(Math.min(t, n) > 6), i = 1e-9;
		for (let e of this.values) Math.abs(e) > i && (i = Math.abs(e));
		for (let a = 0; a < this.values.length; a++) {
			let o = 128 + Math.round(127 * (this.values[a] ?? 0) / i), [s, c, l] = [
				0,
				1,
				2
			].map((e) => this.theme?.ramp[3 * o + e] ?? 0);
			e.fillStyle = `rgb(${s} ${c} ${l})`;
			let [u, d] = [a % this.columns, Math.floor(a / this.columns)];
			e.fillRect(u * t, d * n, t - r, n - r), a === this.chosen && (e.strokeStyle = this.theme.ink, e.lineWidth = 1.5, e.strokeRect(u * t + .75, d * n + .75, t - r - 1.5, n - r - 1.5));
		}
	}
	get label() {
		return w(this.leaf, this.chosen);
	}
};
function ne(e, t) {
	return Math.min(t - 1, Math.max(0, e));
}
// src/panels/knobs.ts
var re = 40, ie = 4;
function ae(e, n) {
	let r = t("div", { class: "ml-knobs" }), i = t("input", {
		type: "search",
		placeholder: "Find a parameter",
		"aria-label": "Find a parameter"
	});
	i.setAttribute("data-lm-suppress-shortcuts", "");
	let a = t("p", {
		class: "ml-hint",
		hidden: !0
	}, "No parameter has that name."), o = f("Parameters", i, r, a);
	o.classList.add("ml-parameters");
	let s = [], c = null;
	i.addEventListener("input", () => {
		let e = i.value.trim().toLowerCase(), t = 0;
		for (let n of s) n.element.hidden = !n.name.toLowerCase().includes(e), n.element.hidden || (t += 1);
		for (let t of r.querySelectorAll("details")) {
			let n = [...t.querySelectorAll(".ml-leaf")].some((e) => !e.hidden);
			t.hidden = !n, e !== "" && n && (t.open = !0);
		}
		a.hidden = t > 0;
	});
	function l(t) {
		let o = t.leaves.reduce((e, t) => e + t.shape.reduce((e, t) => e * t, 1), 0);
		i.hidden = o <= re, i.value = "", a.hidden = !0, s = t.leaves.map((t) => oe(t, e, n, u)), r.replaceChildren(...se(s, o <= re));
	}
	function u() {
		if (c !== null) for (let e of s) e.show(...c);
	}
	return {
		element: o,
		update(e, t) {
			e.fresh.has("leaves") && l(e), c = [e, t], u();
		}
	};
}
function oe(e, n, r, i) {
	let a = e.shape.reduce((e, t) => e * t, 1), { name: o, offset: s } = e;
	if (s === null) return {
		name: o,
		element: t("p", { class: "ml-leaf ml-hint" }, `${o}: ${e.shape.join(" × ")} numbers, too many to turn by hand`),
		show: () => void 0
	};
	if (a <= ie) {
		let i = Array.from({ length: a }, (t, i) => new T(e, i, n, r));
		return {
			name: o,
			element: t("div", { class: "ml-leaf" }, ...i.map((e) => e.element)),
			show(e) {
				i.forEach((t, n) => {
					let r = s + n;
					t.show(e.values[r] ?? 0, e.slopes?.[r] ?? null, e.ghostValues?.[r] ?? null);
				});
			}
		};
	}
	let c = new te(e, n, r, i);
	return {
		name: o,
		element: t("div", { class: "ml-leaf" }, t("p", { class: "ml-leaf-name" }, o.slice(o.lastIndexOf(".") + 1), t("span", {}, e.shape.join(" × "))), c.element),
		show: (e, t) => c.show(e.values, e.slopes, e.ghostValues, t)
	};
}
function se(e, n) {
	let r = /* @__PURE__ */ new Map();
	for (let t of e) {
		let e = t.name.slice(0, Math.max(0, t.name.lastIndexOf(".")));
		r.set(e, [...r.get(e) ?? [], t]);
	}
	let i = [], a = !0;
	for (let [e, o] of r) {
		let r = o.map((e) => e.element);
		e === "" ? i.push(...r) : (i.push(t("details", { open: n || a }, t("summary", {}, e), ...r)), a = !1);
	}
	return i;
}
// src/panels/lesson.ts
function ce(e) {
	let r = 0, i = t("span", { class: "ml-count" }), a = t("h2"), s = t("p"), c = t("p", { class: "ml-tries" }), l = o("Back", () => e({
		type: "lesson",
		index: r - 1
	})), u = o("Next", () => e({
		type: "lesson",
		index: r + 1
	}), { class: "ml-primary" }), d = o("Set up again", () => e({
		type: "lesson",
		index: r
	}), { class: "ml-quiet" }), f = o("Leave the lecture", () => e({
		type: "lesson",
		index: null
	}), { class: "ml-quiet" }), p = t("section", {
		class: "ml-lesson",
		"aria-label": "The lecture",
		hidden: !0
	}, t("div", { class: "ml-lesson-text" }, a, s, c), t("div", { class: "ml-buttons" }, i, l, u, d, f));
	return {
		element: p,
		update({ header: e, catalogue: t }) {
			let o = e.lesson;
			if (p.hidden = o === void 0, o === void 0) return;
			r = o;
			let d = t.lessons[o];
			n(i, `${o + 1} of ${t.lessons.length}`), n(a, d?.title ?? ""), n(s, d?.says ?? ""), n(c, d?.tries ?? ""), l.disabled = o === 0, u.disabled = o + 1 >= t.lessons.length;
		}
	};
}
// node_modules/d3-array/dist/d3-array.mjs
function le(e, t) {
	return e == null || t == null ? NaN : e < t ? -1 : e > t ? 1 : e >= t ? 0 : NaN;
}
function ue(e, t) {
	return e == null || t == null ? NaN : t < e ? -1 : t > e ? 1 : t >= e ? 0 : NaN;
}
function de(e) {
	let t, n, r;
	e.length === 2 ? (t = e === le || e === ue ? e : fe, n = e, r = e) : (t = le, n = (t, n) => le(e(t), n), r = (t, n) => e(t) - n);
	function i(e, r, i = 0, a = e.length) {
		if (i < a) {
			if (t(r, r) !== 0) return a;
			do {
				let t = i + a >>> 1;
				n(e[t], r) < 0 ? i = t + 1 : a = t;
			} while (i < a);
		}
		return i;
	}
	function a(e, r, i = 0, a = e.length) {
		if (i < a) {
			if (t(r, r) !== 0) return a;
			do {
				let t = i + a >>> 1;
				n(e[t], r) <= 0 ? i = t + 1 : a = t;
			} while (i < a);
		}
		return i;
	}
	function o(e, t, n = 0, a = e.length) {
		let o = i(e, t, n, a - 1);
		return o > n && r(e[o - 1], t) > -r(e[o], t) ? o - 1 : o;
	}
	return {
		left: i,
		center: o,
		right: a
	};
}
function fe() {
	return 0;
}
function pe(e) {
	return e === null ? NaN : +e;
}
var me = de(le), he = me.right;
me.left, de(pe).center, Array.prototype.slice;
var ge = Math.sqrt(50), _e = Math.sqrt(10), ve = Math.sqrt(2);
function ye(e, t, n) {
	let r = (t - e) / Math.max(0, n), i = Math.floor(Math.log10(r)), a = r / 10 ** i, o = a >= ge ? 10 : a >= _e ? 5 : a >= ve ? 2 : 1, s, c, l;
	return i < 0 ? (l = 10 ** -i / o, s = Math.round(e * l), c = Math.round(t * l), s / l < e && ++s, c / l > t && --c, l = -l) : (l = 10 ** i * o, s = Math.round(e / l), c = Math.round(t / l), s * l < e && ++s, c * l > t && --c), c < s && .5 <= n && n < 2 ? ye(e, t, n * 2) : [
		s,
		c,
		l
	];
}
function be(e, t, n) {
	if (t = +t, e = +e, n = +n, !(n > 0)) return [];
	if (e === t) return [e];
	let r = t < e, [i, a, o] = r ? ye(t, e, n) : ye(e, t, n);
	if (!(a >= i)) return [];
	let s = a - i + 1, c = Array(s);
	if (r) {
		if (o < 0) for (let e = 0; e < s; ++e) c[e] = (a - e) / -o;
		else for (let e = 0; e < s; ++e) c[e] = (a - e) * o;
	} else if (o < 0) for (let e = 0; e < s; ++e) c[e] = (i + e) / -o;
	else for (let e = 0; e < s; ++e) c[e] = (i + e) * o;
	return c;
}
function xe(e, t, n) {
	return t = +t, e = +e, n = +n, ye(e, t, n)[2];
}
function Se(e, t, n) {
	t = +t, e = +e, n = +n;
	let r = t < e, i = r ? xe(t, e, n) : xe(e, t, n);
	return (r ? -1 : 1) * (i < 0 ? 1 / -i : i);
}
// node_modules/d3-color/dist/d3-color.mjs
function D(e, t, n) {
	e.prototype = t.prototype = n, n.constructor = e;
}
function O(e, t) {
	var n = Object.create(e.prototype);
	for (var r in t) n[r] = t[r];
	return n;
}
function k() {}
var A = .7, j = 1 / A, M = "\\s*([+-]?\\d+)\\s*", N = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)\\s*", P = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)%\\s*", Ce = /^#([0-9a-f]{3,8})$/, we = RegExp(`^rgb\\(${M},${M},${M}\\)$`), Te = RegExp(`^rgb\\(${P},${P},${P}\\)$`), Ee = RegExp(`^rgba\\(${M},${M},${M},${N}\\)$`), De = RegExp(`^rgba\\(${P},${P},${P},${N}\\)$`), Oe = RegExp(`^hsl\\(${N},${P},${P}\\)$`), ke = RegExp(`^hsla\\(${N},${P},${P},${N}\\)$`), Ae = {
	aliceblue: 15792383,
	antiquewhite: 16444375,
	aqua: 65535,
	aquamarine: 8388564,
	azure: 15794175,
	beige: 16119260,
	bisque: 16770244,
	black: 0,
	blanchedalmond: 16772045,
	blue: 255,
	blueviolet: 9055202,
	brown: 10824234,
	burlywood: 14596231,
	cadetblue: 6266528,
	chartreuse: 8388352,
	chocolate: 13789470,
	coral: 16744272,
	cornflowerblue: 6591981,
	cornsilk: 16775388,
	crimson: 14423100,
	cyan: 65535,
	darkblue: 139,
	darkcyan: 35723,
	darkgoldenrod: 12092939,
	darkgray: 11119017,
	darkgreen: 25600,
	darkgrey: 11119017,
	darkkhaki: 12433259,
	darkmagenta: 9109643,
	darkolivegreen: 5597999,
	darkorange: 16747520,
	darkorchid: 10040012,
	darkred: 9109504,
	darksalmon: 15308410,
	darkseagreen: 9419919,
	darkslateblue: 4734347,
	darkslategray: 3100495,
	darkslategrey: 3100495,
	darkturquoise: 52945,
	darkviolet: 9699539,
	deeppink: 16716947,
	deepskyblue: 49151,
	dimgray: 6908265,
	dimgrey: 6908265,
	dodgerblue: 2003199,
	firebrick: 11674146,
	floralwhite: 16775920,
	forestgreen: 2263842,
	fuchsia: 16711935,
	gainsboro: 14474460,
	ghostwhite: 16316671,
	gold: 16766720,
	goldenrod: 14329120,
	gray: 8421504,
	green: 32768,
	greenyellow: 11403055,
	grey: 8421504,
	honeydew: 15794160,
	hotpink: 16738740,
	indianred: 13458524,
	indigo: 4915330,
	ivory: 16777200,
	khaki: 15787660,
	lavender: 15132410,
	lavenderblush: 16773365,
	lawngreen: 8190976,
	lemonchiffon: 16775885,
	lightblue: 11393254,
	lightcoral: 15761536,
	lightcyan: 14745599,
	lightgoldenrodyellow: 16448210,
	lightgray: 13882323,
	lightgreen: 9498256,
	lightgrey: 13882323,
	lightpink: 16758465,
	lightsalmon: 16752762,
	lightseagreen: 2142890,
	lightskyblue: 8900346,
	lightslategray: 7833753,
	lightslategrey: 7833753,
	lightsteelblue: 11584734,
	lightyellow: 16777184,
	lime: 65280,
	limegreen: 3329330,
	linen: 16445670,
	magenta: 16711935,
	maroon: 8388608,
	mediumaquamarine: 6737322,
	mediumblue: 205,
	mediumorchid: 12211667,
	mediumpurple: 9662683,
	mediumseagreen: 3978097,
	mediumslateblue: 8087790,
	mediumspringgreen: 64154,
	mediumturquoise: 4772300,
	mediumvioletred: 13047173,
	midnightblue: 1644912,
	mintcream: 16121850,
	mistyrose: 16770273,
	moccasin: 16770229,
	navajowhite: 16768685,
	navy: 128,
	oldlace: 16643558,
	olive: 8421376,
	olivedrab: 7048739,
	orange: 16753920,
	orangered: 16729344,
	orchid: 14315734,
	palegoldenrod: 15657130,
	palegreen: 10025880,
	paleturquoise: 11529966,
	palevioletred: 14381203,
	papayawhip: 16773077,
	peachpuff: 16767673,
	peru: 13468991,
	pink: 16761035,
	plum: 14524637,
	powderblue: 11591910,
	purple: 8388736,
	rebeccapurple: 6697881,
	red: 16711680,
	rosybrown: 12357519,
	royalblue: 4286945,
	saddlebrown: 9127187,
	salmon: 16416882,
	sandybrown: 16032864,
	seagreen: 3050327,
	seashell: 16774638,
	sienna: 10506797,
	silver: 12632256,
	skyblue: 8900331,
	slateblue: 6970061,
	slategray: 7372944,
	slategrey: 7372944,
	snow: 16775930,
	springgreen: 65407,
	steelblue: 4620980,
	tan: 13808780,
	teal: 32896,
	thistle: 14204888,
	tomato: 16737095,
	turquoise: 4251856,
	violet: 15631086,
	wheat: 16113331,
	white: 16777215,
	whitesmoke: 16119285,
	yellow: 16776960,
	yellowgreen: 10145074
};
D(k, F, {
	copy(e) {
		return Object.assign(new this.constructor(), this, e);
	},
	displayable() {
		return this.rgb().displayable();
	},
	hex: je,
	formatHex: je,
	formatHex8: Me,
	formatHsl: Ne,
	formatRgb: Pe,
	toString: Pe
});
function je() {
	return this.rgb().formatHex();
}
function Me() {
	return this.rgb().formatHex8();
}
function Ne() {
	return We(this).formatHsl();
}
function Pe() {
	return this.rgb().formatRgb();
}
function F(e) {
	var t, n;
	return e = (e + "").trim().toLowerCase(), (t = Ce.exec(e)) ? (n = t[1].length, t = parseInt(t[1], 16), n === 6 ? Fe(t) : n === 3 ? new I(t >> 8 & 15 | t >> 4 & 240, t >> 4 & 15 | t & 240, (t & 15) << 4 | t & 15, 1) : n === 8 ? Ie(t >> 24 & 255, t >> 16 & 255, t >> 8 & 255, (t & 255) / 255) : n === 4 ? Ie(t >> 12 & 15 | t >> 8 & 240, t >> 8 & 15 | t >> 4 & 240, t >> 4 & 15 | t & 240, ((t & 15) << 4 | t & 15) / 255) : null) : (t = we.exec(e)) ? new I(t[1], t[2], t[3], 1) : (t = Te.exec(e)) ? new I(t[1] * 255 / 100, t[2] * 255 / 100, t[3] * 255 / 100, 1) : (t = Ee.exec(e)) ? Ie(t[1], t[2], t[3], t[4]) : (t = De.exec(e)) ? Ie(t[1] * 255 / 100, t[2] * 255 / 100, t[3] * 255 / 100, t[4]) : (t = Oe.exec(e)) ? Ue(t[1], t[2] / 100, t[3] / 100, 1) : (t = ke.exec(e)) ? Ue(t[1], t[2] / 100, t[3] / 100, t[4]) : Ae.hasOwnProperty(e) ? Fe(Ae[e]) : e === "transparent" ? new I(NaN, NaN, NaN, 0) : null;
}
function Fe(e) {
	return new I(e >> 16 & 255, e >> 8 & 255, e & 255, 1);
}
function Ie(e, t, n, r) {
	return r <= 0 && (e = t = n = NaN), new I(e, t, n, r);
}
function Le(e) {
	return e instanceof k || (e = F(e)), e ? (e = e.rgb(), new I(e.r, e.g, e.b, e.opacity)) : new I();
}
function Re(e, t, n, r) {
	return arguments.length === 1 ? Le(e) : new I(e, t, n, r ?? 1);
}
function I(e, t, n, r) {
	this.r = +e, this.g = +t, this.b = +n, this.opacity = +r;
}
D(I, Re, O(k, {
	brighter(e) {
		return e = e == null ? j : j ** +e, new I(this.r * e, this.g * e, this.b * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? A : A ** +e, new I(this.r * e, this.g * e, this.b * e, this.opacity);
	},
	rgb() {
		return this;
	},
	clamp() {
		return new I(L(this.r), L(this.g), L(this.b), He(this.opacity));
	},
	displayable() {
		return -.5 <= this.r && this.r < 255.5 && -.5 <= this.g && this.g < 255.5 && -.5 <= this.b && this.b < 255.5 && 0 <= this.opacity && this.opacity <= 1;
	},
	hex: ze,
	formatHex: ze,
	formatHex8: Be,
	formatRgb: Ve,
	toString: Ve
}));
function ze() {
	return `#${R(this.r)}${R(this.g)}${R(this.b)}`;
}
function Be() {
	return `#${R(this.r)}${R(this.g)}${R(this.b)}${R((isNaN(this.opacity) ? 1 : this.opacity) * 255)}`;
}
function Ve() {
	let e = He(this.opacity);
	return `${e === 1 ? "rgb(" : "rgba("}${L(this.r)}, ${L(this.g)}, ${L(this.b)}${e === 1 ? ")" : `, ${e})`}`;
}
function He(e) {
	return isNaN(e) ? 1 : Math.max(0, Math.min(1, e));
}
function L(e) {
	return Math.max(0, Math.min(255, Math.round(e) || 0));
}
function R(e) {
	return e = L(e), (e < 16 ? "0" : "") + e.toString(16);
}
function Ue(e, t, n, r) {
	return r <= 0 ? e = t = n = NaN : n <= 0 || n >= 1 ? e = t = NaN : t <= 0 && (e = NaN), new z(e, t, n, r);
}
function We(e) {
	if (e instanceof z) return new z(e.h, e.s, e.l, e.opacity);
	if (e instanceof k || (e = F(e)), !e) return new z();
	if (e instanceof z) return e;
	e = e.rgb();
	var t = e.r / 255, n = e.g / 255, r = e.b / 255, i = Math.min(t, n, r), a = Math.max(t, n, r), o = NaN, s = a - i, c = (a + i) / 2;
	return s ? (o = t === a ? (n - r) / s + (n < r) * 6 : n === a ? (r - t) / s + 2 : (t - n) / s + 4, s /= c < .5 ? a + i : 2 - a - i, o *= 60) : s = c > 0 && c < 1 ? 0 : o, new z(o, s, c, e.opacity);
}
function Ge(e, t, n, r) {
	return arguments.length === 1 ? We(e) : new z(e, t, n, r ?? 1);
}
function z(e, t, n, r) {
	this.h = +e, this.s = +t, this.l = +n, this.opacity = +r;
}
D(z, Ge, O(k, {
	brighter(e) {
		return e = e == null ? j : j ** +e, new z(this.h, this.s, this.l * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? A : A ** +e, new z(this.h, this.s, this.l * e, this.opacity);
	},
	rgb() {
		var e = this.h % 360 + (this.h < 0) * 360, t = isNaN(e) || isNaN(this.s) ? 0 : this.s, n = this.l, r = n + (n < .5 ? n : 1 - n) * t, i = 2 * n - r;
		return new I(Je(e >= 240 ? e - 240 : e + 120, i, r), Je(e, i, r), Je(e < 120 ? e + 240 : e - 120, i, r), this.opacity);
	},
	clamp() {
		return new z(Ke(this.h), qe(this.s), qe(this.l), He(this.opacity));
	},
	displayable() {
		return (0 <= this.s && this.s <= 1 || isNaN(this.s)) && 0 <= this.l && this.l <= 1 && 0 <= this.opacity && this.opacity <= 1;
	},
	formatHsl() {
		let e = He(this.opacity);
		return `${e === 1 ? "hsl(" : "hsla("}${Ke(this.h)}, ${qe(this.s) * 100}%, ${qe(this.l) * 100}%${e === 1 ? ")" : `, ${e})`}`;
	}
}));
function Ke(e) {
	return e = (e || 0) % 360, e < 0 ? e + 360 : e;
}
function qe(e) {
	return Math.max(0, Math.min(1, e || 0));
}
function Je(e, t, n) {
	return (e < 60 ? t + (n - t) * e / 60 : e < 180 ? n : e < 240 ? t + (n - t) * (240 - e) / 60 : t) * 255;
}
var Ye = Math.PI / 180, Xe = 180 / Math.PI, Ze = 18, Qe = .96422, $e = 1, et = .82521, tt = 4 / 29, B = 6 / 29, nt = 3 * B * B, rt = B * B * B;
function it(e) {
	if (e instanceof V) return new V(e.l, e.a, e.b, e.opacity);
	if (e instanceof H) return ft(e);
	e instanceof I || (e = Le(e));
	var t = lt(e.r), n = lt(e.g), r = lt(e.b), i = ot((.2225045 * t + .7168786 * n + .0606169 * r) / $e), a, o;
	return t === n && n === r ? a = o = i : (a = ot((.4360747 * t + .3850649 * n + .1430804 * r) / Qe), o = ot((.0139322 * t + .0971045 * n + .7141733 * r) / et)), new V(116 * i - 16, 500 * (a - i), 200 * (i - o), e.opacity);
}
function at(e, t, n, r) {
	return arguments.length === 1 ? it(e) : new V(e, t, n, r ?? 1);
}
function V(e, t, n, r) {
	this.l = +e, this.a = +t, this.b = +n, this.opacity = +r;
}
D(V, at, O(k, {
	brighter(e) {
		return new V(this.l + Ze * (e ?? 1), this.a, this.b, this.opacity);
	},
	darker(e) {
		return new V(this.l - Ze * (e ?? 1), this.a, this.b, this.opacity);
	},
	rgb() {
		var e = (this.l + 16) / 116, t = isNaN(this.a) ? e : e + this.a / 500, n = isNaN(this.b) ? e : e - this.b / 200;
		return t = Qe * st(t), e = $e * st(e), n = et * st(n), new I(ct(3.1338561 * t - 1.6168667 * e - .4906146 * n), ct(-.9787684 * t + 1.9161415 * e + .033454 * n), ct(.0719453 * t - .2289914 * e + 1.4052427 * n), this.opacity);
	}
}));
function ot(e) {
	return e > rt ? e ** (1 / 3) : e / nt + tt;
}
function st(e) {
	return e > B ? e * e * e : nt * (e - tt);
}
function ct(e) {
	return 255 * (e <= .0031308 ? 12.92 * e : 1.055 * e ** (1 / 2.4) - .055);
}
function lt(e) {
	return (e /= 255) <= .04045 ? e / 12.92 : ((e + .055) / 1.055) ** 2.4;
}
function ut(e) {
	if (e instanceof H) return new H(e.h, e.c, e.l, e.opacity);
	if (e instanceof V || (e = it(e)), e.a === 0 && e.b === 0) return new H(NaN, 0 < e.l && e.l < 100 ? 0 : NaN, e.l, e.opacity);
	var t = Math.atan2(e.b, e.a) * Xe;
	return new H(t < 0 ? t + 360 : t, Math.sqrt(e.a * e.a + e.b * e.b), e.l, e.opacity);
}
function dt(e, t, n, r) {
	return arguments.length === 1 ? ut(e) : new H(e, t, n, r ?? 1);
}
function H(e, t, n, r) {
	this.h = +e, this.c = +t, this.l = +n, this.opacity = +r;
}
function ft(e) {
	if (isNaN(e.h)) return new V(e.l, 0, 0, e.opacity);
	var t = e.h * Ye;
	return new V(e.l, Math.cos(t) * e.c, Math.sin(t) * e.c, e.opacity);
}
D(H, dt, O(k, {
	brighter(e) {
		return new H(this.h, this.c, this.l + Ze * (e ?? 1), this.opacity);
	},
	darker(e) {
		return new H(this.h, this.c, this.l - Ze * (e ?? 1), this.opacity);
	},
	rgb() {
		return ft(this).rgb();
	}
}));
var pt = -.14861, mt = 1.78277, ht = -.29227, gt = -.90649, U = 1.97294, _t = U * gt, vt = U * mt, yt = mt * ht - gt * pt;
function bt(e) {
	if (e instanceof W) return new W(e.h, e.s, e.l, e.opacity);
	e instanceof I || (e = Le(e));
	var t = e.r / 255, n = e.g / 255, r = e.b / 255, i = (yt * r + _t * t - vt * n) / (yt + _t - vt), a = r - i, o = (U * (n - i) - ht * a) / gt, s = Math.sqrt(o * o + a * a) / (U * i * (1 - i)), c = s ? Math.atan2(o, a) * Xe - 120 : NaN;
	return new W(c < 0 ? c + 360 : c, s, i, e.opacity);
}
function xt(e, t, n, r) {
	return arguments.length === 1 ? bt(e) : new W(e, t, n, r ?? 1);
}
function W(e, t, n, r) {
	this.h = +e, this.s = +t, this.l = +n, this.opacity = +r;
}
D(W, xt, O(k, {
	brighter(e) {
		return e = e == null ? j : j ** +e, new W(this.h, this.s, this.l * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? A : A ** +e, new W(this.h, this.s, this.l * e, this.opacity);
	},
	rgb() {
		var e = isNaN(this.h) ? 0 : (this.h + 120) * Ye, t = +this.l, n = isNaN(this.s) ? 0 : this.s * t * (1 - t), r = Math.cos(e), i = Math.sin(e);
		return new I(255 * (t + n * (pt * r + mt * i)), 255 * (t + n * (ht * r + gt * i)), 255 * (t + U * r * n), this.opacity);
	}
}));
var St = (e) => () => e;
function Ct(e, t) {
	return function(n) {
		return e + n * t;
	};
}
function wt(e, t, n) {
	return e **= +n, t = t ** +n - e, n = 1 / n, function(r) {
		return (e + r * t) ** +n;
	};
}
function Tt(e, t) {
	var n = t - e;
	return n ? Ct(e, n > 180 || n < -180 ? n - 360 * Math.round(n / 360) : n) : St(isNaN(e) ? t : e);
}
function Et(e) {
	return (e = +e) == 1 ? G : function(t, n) {
		return n - t ? wt(t, n, e) : St(isNaN(t) ? n : t);
	};
}
function G(e, t) {
	var n = t - e;
	return n ? Ct(e, n) : St(isNaN(e) ? t : e);
}
var Dt = (function e(t) {
	var n = Et(t);
	function r(e, t) {
		var r = n((e = Re(e)).r, (t = Re(t)).r), i = n(e.g, t.g), a = n(e.b, t.b), o = G(e.opacity, t.opacity);
		return function(t) {
			return e.r = r(t), e.g = i(t), e.b = a(t), e.opacity = o(t), e + "";
		};
	}
	return r.gamma = e, r;
})(1);
function Ot(e, t) {
	t ||= [];
	var n = e ? Math.min(t.length, e.length) : 0, r = t.slice(), i;
	return function(a) {
		for (i = 0; i < n; ++i) r[i] = e[i] * (1 - a) + t[i] * a;
		return r;
	};
}
function kt(e) {
	return ArrayBuffer.isView(e) && !(e instanceof DataView);
}
function At(e, t) {
	for (var n = t ? t.length : 0, r = e ? Math.min(n, e.length) : 0, i = Array(r), a = Array(n), o = 0; o < r; ++o) i[o] = zt(e[o], t[o]);
	for (; o < n; ++o) a[o] = t[o];
	return function(e) {
		for (o = 0; o < r; ++o) a[o] = i[o](e);
		return a;
	};
}
function jt(e, t) {
	var n = /* @__PURE__ */ new Date();
	return e = +e, t = +t, function(r) {
		return n.setTime(e * (1 - r) + t * r), n;
	};
}
function Mt(e, t) {
	return e = +e, t = +t, function(n) {
		return e * (1 - n) + t * n;
	};
}
function Nt(e, t) {
	var n = {}, r = {}, i;
	for (i in typeof e == "object" && e || (e = {}), typeof t == "object" && t || (t = {}), t) i in e ? n[i] = zt(e[i], t[i]) : r[i] = t[i];
	return function(e) {
		for (i in n) r[i] = n[i](e);
		return r;
	};
}
var Pt = /[-+]?(?:\d+\.?\d*|\.?\d+)(?:[eE][-+]?\d+)?/g, Ft = new RegExp(Pt.source, "g");
function It(e) {
	return function() {
		return e;
	};
}
function Lt(e) {
	return function(t) {
		return e(t) + "";
	};
}
function Rt(e, t) {
	var n = Pt.lastIndex = Ft.lastIndex = 0, r, i, a, o = -1, s = [], c = [];
	for (e += "", t += ""; (r = Pt.exec(e)) && (i = Ft.exec(t));) (a = i.index) > n && (a = t.slice(n, a), s[o] ? s[o] += a : s[++o] = a), (r = r[0]) === (i = i[0]) ? s[o] ? s[o] += i : s[++o] = i : (s[++o] = null, c.push({
		i: o,
		x: Mt(r, i)
	})), n = Ft.lastIndex;
	return n < t.length && (a = t.slice(n), s[o] ? s[o] += a : s[++o] = a), s.length < 2 ? c[0] ? Lt(c[0].x) : It(t) : (t = c.length, function(e) {
		for (var n = 0, r; n < t; ++n) s[(r = c[n]).i] = r.x(e);
		return s.join("");
	});
}
function zt(e, t) {
	var n = typeof t, r;
	return t == null || n === "boolean" ? St(t) : (n === "number" ? Mt : n === "string" ? (r = F(t)) ? (t = r, Dt) : Rt : t instanceof F ? Dt : t instanceof Date ? jt : kt(t) ? Ot : Array.isArray(t) ? At : typeof t.valueOf != "function" && typeof t.toString != "function" || isNaN(t) ? Nt : Mt)(e, t);
}
function Bt(e, t) {
	return e = +e, t = +t, function(n) {
		return Math.round(e * (1 - n) + t * n);
	};
}
var Vt = 1e-12;
function Ht(e) {
	return ((e = Math.exp(e)) + 1 / e) / 2;
}
function Ut(e) {
	return ((e = Math.exp(e)) - 1 / e) / 2;
}
function Wt(e) {
	return ((e = Math.exp(2 * e)) - 1) / (e + 1);
}
(function e(t, n, r) {
	function i(e, i) {
		var a = e[0], o = e[1], s = e[2], c = i[0], l = i[1], u = i[2], d = c - a, f = l - o, p = d * d + f * f, m, h;
		if (p < Vt) h = Math.log(u / s) / t, m = function(e) {
			return [
				a + e * d,
				o + e * f,
				s * Math.exp(t * e * h)
			];
		};
		else {
			var g = Math.sqrt(p), _ = (u * u - s * s + r * p) / (2 * s * n * g), v = (u * u - s * s - r * p) / (2 * u * n * g), y = Math.log(Math.sqrt(_ * _ + 1) - _);
			h = (Math.log(Math.sqrt(v * v + 1) - v) - y) / t, m = function(e) {
				var r = e * h, i = Ht(y), c = s / (n * g) * (i * Wt(t * r + y) - Ut(y));
				return [
					a + c * d,
					o + c * f,
					s * i / Ht(t * r + y)
				];
			};
		}
		return m.duration = Math.abs(h) * 1e3 * t / Math.SQRT2, m;
	}
	return i.rho = function(t) {
		var n = Math.max(.001, +t), r = n * n;
		return e(n, r, r * r);
	}, i;
})(Math.SQRT2, 2, 4);
function Gt(e) {
	return (function t(n) {
		n = +n;
		function r(t, r) {
			var i = e((t = xt(t)).h, (r = xt(r)).h), a = G(t.s, r.s), o = G(t.l, r.l), s = G(t.opacity, r.opacity);
			return function(e) {
				return t.h = i(e), t.s = a(e), t.l = o(e ** +n), t.opacity = s(e), t + "";
			};
		}
		return r.gamma = t, r;
	})(1);
}
Gt(Tt), Gt(G);
// node_modules/d3-format/dist/d3-format.mjs
function Kt(e) {
	return Math.abs(e = Math.round(e)) >= 1e21 ? e.toLocaleString("en").replace(/,/g, "") : e.toString(10);
}
function qt(e, t) {
	if (!isFinite(e) || e === 0) return null;
	var n = (e = t ? e.toExponential(t - 1) : e.toExponential()).indexOf("e"), r = e.slice(0, n);
	return [r.length > 1 ? r[0] + r.slice(2) : r, +e.slice(n + 1)];
}
function K(e) {
	return e = qt(Math.abs(e)), e ? e[1] : NaN;
}
function Jt(e, t) {
	return function(n, r) {
		for (var i = n.length, a = [], o = 0, s = e[0], c = 0; i > 0 && s > 0 && (c + s + 1 > r && (s = Math.max(1, r - c)), a.push(n.substring(i -= s, i + s)), !((c += s + 1) > r));) s = e[o = (o + 1) % e.length];
		return a.reverse().join(t);
	};
}
function Yt(e) {
	return function(t) {
		return t.replace(/[0-9]/g, function(t) {
			return e[+t];
		});
	};
}
var Xt = /^(?:(.)?([<>=^]))?([+\-( ])?([$#])?(0)?(\d+)?(,)?(\.\d+)?(~)?([a-z%])?$/i;
function Zt(e) {
	if (!(t = Xt.exec(e))) throw Error("invalid format: " + e);
	var t;
	return new Qt({
		fill: t[1],
		align: t[2],
		sign: t[3],
		symbol: t[4],
		zero: t[5],
		width: t[6],
		comma: t[7],
		precision: t[8] && t[8].slice(1),
		trim: t[9],
		type: t[10]
	});
}
Zt.prototype = Qt.prototype;
function Qt(e) {
	this.fill = e.fill === void 0 ? " " : e.fill + "", this.align = e.align === void 0 ? ">" : e.align + "", this.sign = e.sign === void 0 ? "-" : e.sign + "", this.symbol = e.symbol === void 0 ? "" : e.symbol + "", this.zero = !!e.zero, this.width = e.width === void 0 ? void 0 : +e.width, this.comma = !!e.comma, this.precision = e.precision === void 0 ? void 0 : +e.precision, this.trim = !!e.trim, this.type = e.type === void 0 ? "" : e.type + "";
}
Qt.prototype.toString = function() {
	return this.fill + this.align + this.sign + this.symbol + (this.zero ? "0" : "") + (this.width === void 0 ? "" : Math.max(1, this.width | 0)) + (this.comma ? "," : "") + (this.precision === void 0 ? "" : "." + Math.max(0, this.precision | 0)) + (this.trim ? "~" : "") + this.type;
};
function $t(e) {
	out: for (var t = e.length, n = 1, r = -1, i; n < t; ++n) switch (e[n]) {
		case ".":
			r = i = n;
			break;
		case "0":
			r === 0 && (r = n), i = n;
			break;
		default:
			if (!+e[n]) break out;
			r > 0 && (r = 0);
	}
	return r > 0 ? e.slice(0, r) + e.slice(i + 1) : e;
}
var en;
function tn(e, t) {
	var n = qt(e, t);
	if (!n) return en = void 0, e.toPrecision(t);
	var r = n[0], i = n[1], a = i - (en = Math.max(-8, Math.min(8, Math.floor(i / 3))) * 3) + 1, o = r.length;
	return a === o ? r : a > o ? r + Array(a - o + 1).join("0") : a > 0 ? r.slice(0, a) + "." + r.slice(a) : "0." + Array(1 - a).join("0") + qt(e, Math.max(0, t + a - 1))[0];
}
function nn(e, t) {
	var n = qt(e, t);
	if (!n) return e + "";
	var r = n[0], i = n[1];
	return i < 0 ? "0." + Array(-i).join("0") + r : r.length > i + 1 ? r.slice(0, i + 1) + "." + r.slice(i + 1) : r + Array(i - r.length + 2).join("0");
}
var rn = {
	"%": (e, t) => (e * 100).toFixed(t),
	b: (e) => Math.round(e).toString(2),
	c: (e) => e + "",
	d: Kt,
	e: (e, t) => e.toExponential(t),
	f: (e, t) => e.toFixed(t),
	g: (e, t) => e.toPrecision(t),
	o: (e) => Math.round(e).toString(8),
	p: (e, t) => nn(e * 100, t),
	r: nn,
	s: tn,
	X: (e) => Math.round(e).toString(16).toUpperCase(),
	x: (e) => Math.round(e).toString(16)
};
function an(e) {
	return e;
}
var on = Array.prototype.map, sn = [
	"y",
	"z",
	"a",
	"f",
	"p",
	"n",
	"µ",
	"m",
	"",
	"k",
	"M",
	"G",
	"T",
	"P",
	"E",
	"Z",
	"Y"
];
function cn(e) {
	var t = e.grouping === void 0 || e.thousands === void 0 ? an : Jt(on.call(e.grouping, Number), e.thousands + ""), n = e.currency === void 0 ? "" : e.currency[0] + "", r = e.currency === void 0 ? "" : e.currency[1] + "", i = e.decimal === void 0 ? "." : e.decimal + "", a = e.numerals === void 0 ? an : Yt(on.call(e.numerals, String)), o = e.percent === void 0 ? "%" : e.percent + "", s = e.minus === void 0 ? "−" : e.minus + "", c = e.nan === void 0 ? "NaN" : e.nan + "";
	function l(e, l) {
		e = Zt(e);
		var u = e.fill, d = e.align, f = e.sign, p = e.symbol, m = e.zero, h = e.width, g = e.comma, _ = e.precision, v = e.trim, y = e.type;
		y === "n" ? (g = !0, y = "g") : rn[y] || (_ === void 0 && (_ = 12), v = !0, y = "g"), (m || u === "0" && d === "=") && (m = !0, u = "0", d = "=");
		var b = (l && l.prefix !== void 0 ? l.prefix : "") + (p === "$" ? n : p === "#" && /[boxX]/.test(y) ? "0" + y.toLowerCase() : ""), ee = (p === "$" ? r : /[%p]/.test(y) ? o : "") + (l && l.suffix !== void 0 ? l.suffix : ""), x = rn[y], S = /[defgprs%]/.test(y);
		_ = _ === void 0 ? 6 : /[gprs]/.test(y) ? Math.max(1, Math.min(21, _)) : Math.max(0, Math.min(20, _));
		function C(e) {
			var n = b, r = ee, o, l, p;
			if (y === "c") r = x(e) + r, e = "";
			else {
				e = +e;
				var C = e < 0 || 1 / e < 0;
				if (e = isNaN(e) ? c : x(Math.abs(e), _), v && (e = $t(e)), C && +e == 0 && f !== "+" && (C = !1), n = (C ? f === "(" ? f : s : f === "-" || f === "(" ? "" : f) + n, r = (y === "s" && !isNaN(e) && en !== void 0 ? sn[8 + en / 3] : "") + r + (C && f === "(" ? ")" : ""), S) {
					for (o = -1, l = e.length; ++o < l;) if (p = e.charCodeAt(o), 48 > p || p > 57) {
						r = (p === 46 ? i + e.slice(o + 1) : e.slice(o)) + r, e = e.slice(0, o);
						break;
					}
				}
			}
			g && !m && (e = t(e, Infinity));
			var w = n.length + e.length + r.length, T = w < h ? Array(h - w + 1).join(u) : "";
			switch (g && m && (e = t(T + e, T.length ? h - r.length : Infinity), T = ""), d) {
				case "<":
					e = n + e + r + T;
					break;
				case "=":
					e = n + T + e + r;
					break;
				case "^":
					e = T.slice(0, w = T.length >> 1) + n + e + r + T.slice(w);
					break;
				default: e = T + n + e + r;
			}
			return a(e);
		}
		return C.toString = function() {
			return e + "";
		}, C;
	}
	function u(e, t) {
		var n = Math.max(-8, Math.min(8, Math.floor(K(t) / 3))) * 3, r = 10 ** -n, i = l((e = Zt(e), e.type = "f", e), { suffix: sn[8 + n / 3] });
		return function(e) {
			return i(r * e);
		};
	}
	return {
		format: l,
		formatPrefix: u
	};
}
var ln, un, dn;
fn({
	thousands: ",",
	grouping: [3],
	currency: ["$", ""]
});
function fn(e) {
	return ln = cn(e), un = ln.format, dn = ln.formatPrefix, ln;
}
function pn(e) {
	return Math.max(0, -K(Math.abs(e)));
}
function mn(e, t) {
	return Math.max(0, Math.max(-8, Math.min(8, Math.floor(K(t) / 3))) * 3 - K(Math.abs(e)));
}
function hn(e, t) {
	return e = Math.abs(e), t = Math.abs(t) - e, Math.max(0, K(t) - K(e)) + 1;
}
// node_modules/d3-scale/dist/d3-scale.mjs
function gn(e, t) {
	switch (arguments.length) {
		case 0: break;
		case 1:
			this.range(e);
			break;
		default: this.range(t).domain(e);
	}
	return this;
}
function _n(e) {
	return function() {
		return e;
	};
}
function vn(e) {
	return +e;
}
var yn = [0, 1];
function q(e) {
	return e;
}
function bn(e, t) {
	return (t -= e = +e) ? function(n) {
		return (n - e) / t;
	} : _n(isNaN(t) ? NaN : .5);
}
function xn(e, t) {
	var n;
	return e > t && (n = e, e = t, t = n), function(n) {
		return Math.max(e, Math.min(t, n));
	};
}
function Sn(e, t, n) {
	var r = e[0], i = e[1], a = t[0], o = t[1];
	return i < r ? (r = bn(i, r), a = n(o, a)) : (r = bn(r, i), a = n(a, o)), function(e) {
		return a(r(e));
	};
}
function Cn(e, t, n) {
	var r = Math.min(e.length, t.length) - 1, i = Array(r), a = Array(r), o = -1;
	for (e[r] < e[0] && (e = e.slice().reverse(), t = t.slice().reverse()); ++o < r;) i[o] = bn(e[o], e[o + 1]), a[o] = n(t[o], t[o + 1]);
	return function(t) {
		var n = he(e, t, 1, r) - 1;
		return a[n](i[n](t));
	};
}
function wn(e, t) {
	return t.domain(e.domain()).range(e.range()).interpolate(e.interpolate()).clamp(e.clamp()).unknown(e.unknown());
}
function Tn() {
	var e = yn, t = yn, n = zt, r, i, a, o = q, s, c, l;
	function u() {
		var n = Math.min(e.length, t.length);
		return o !== q && (o = xn(e[0], e[n - 1])), s = n > 2 ? Cn : Sn, c = l = null, d;
	}
	function d(i) {
		return i == null || isNaN(i = +i) ? a : (c ||= s(e.map(r), t, n))(r(o(i)));
	}
	return d.invert = function(n) {
		return o(i((l ||= s(t, e.map(r), Mt))(n)));
	}, d.domain = function(t) {
		return arguments.length ? (e = Array.from(t, vn), u()) : e.slice();
	}, d.range = function(e) {
		return arguments.length ? (t = Array.from(e), u()) : t.slice();
	}, d.rangeRound = function(e) {
		return t = Array.from(e), n = Bt, u();
	}, d.clamp = function(e) {
		return arguments.length ? (o = e ? !0 : q, u()) : o !== q;
	}, d.interpolate = function(e) {
		return arguments.length ? (n = e, u()) : n;
	}, d.unknown = function(e) {
		return arguments.length ? (a = e, d) : a;
	}, function(e, t) {
		return r = e, i = t, u();
	};
}
function En() {
	return Tn()(q, q);
}
function Dn(e, t, n, r) {
	var i = Se(e, t, n), a;
	switch (r = Zt(r ?? ",f"), r.type) {
		case "s":
			var o = Math.max(Math.abs(e), Math.abs(t));
			return r.precision == null && !isNaN(a = mn(i, o)) && (r.precision = a), dn(r, o);
		case "":
		case "e":
		case "g":
		case "p":
		case "r":
			r.precision == null && !isNaN(a = hn(i, Math.max(Math.abs(e), Math.abs(t)))) && (r.precision = a - (r.type === "e"));
			break;
		case "f":
		case "%": r.precision == null && !isNaN(a = pn(i)) && (r.precision = a - (r.type === "%") * 2);
	}
	return un(r);
}
function On(e) {
	var t = e.domain;
	return e.ticks = function(e) {
		var n = t();
		return be(n[0], n[n.length - 1], e ?? 10);
	}, e.tickFormat = function(e, n) {
		var r = t();
		return Dn(r[0], r[r.length - 1], e ?? 10, n);
	}, e.nice = function(n) {
		n ??= 10;
		var r = t(), i = 0, a = r.length - 1, o = r[i], s = r[a], c, l, u = 10;
		for (s < o && (l = o, o = s, s = l, l = i, i = a, a = l); u-- > 0;) {
			if (l = xe(o, s, n), l === c) return r[i] = o, r[a] = s, t(r);
			if (l > 0) o = Math.floor(o / l) * l, s = Math.ceil(s / l) * l;
			else if (l < 0) o = Math.ceil(o * l) / l, s = Math.floor(s * l) / l;
			else break;
			c = l;
		}
		return e;
	}, e;
}
function J() {
	var e = En();
	return e.copy = function() {
		return wn(e, J());
	}, gn.apply(e, arguments), On(e);
}
// src/drawing/plot.ts
function kn(e, t, [n, r], [i, a], o, s = ["", ""]) {
	let { width: c, height: l, left: u, bottom: d, top: f, right: p } = t, m = J([n, r], [u, c - p]), h = J([i, a], [l - d, f]);
	e.font = "11px system-ui, sans-serif", e.fillStyle = o.faint, e.strokeStyle = o.rule, e.lineWidth = 1, e.beginPath(), e.moveTo(u, Math.round(h(i)) + .5), e.lineTo(c - p, Math.round(h(i)) + .5), e.stroke(), e.textBaseline = "top", e.textAlign = "center";
	for (let t of m.ticks(5)) e.fillText(_(t), m(t), h(i) + 5);
	e.textAlign = "right", e.textBaseline = "middle";
	for (let t of h.ticks(3)) e.fillText(_(t), u - 6, h(t));
	return s[0] !== "" && (e.textAlign = "right", e.textBaseline = "bottom", e.fillText(s[0], c - p, h(i) - 3)), s[1] !== "" && (e.textAlign = "left", e.textBaseline = "top", e.fillText(s[1], u, 0)), {
		x: m,
		y: h
	};
}
function Y(e, t, n) {
	e.beginPath();
	let r = !1;
	for (let i = 0; i < t; i++) {
		let [t, a] = n(i);
		!Number.isFinite(t) || !Number.isFinite(a) ? r = !1 : r ? e.lineTo(t, a) : (e.moveTo(t, a), r = !0);
	}
	e.stroke();
}
function An(e, t = Infinity) {
	let [n, r] = [t, -Infinity];
	for (let t of e) Number.isFinite(t) && (t < n && (n = t), t > r && (r = t));
	if (!(n <= r)) return [0, 1];
	let i = r > n ? .05 * (r - n) : .5;
	return [n === t ? n : n - i, r + i];
}
// src/panels/margin.ts
function jn() {
	let e = null, t = null, n = new E("Point loss against margin, one mark a point", i), r = f("Point loss", n.element);
	function i() {
		let r = n.begin();
		if (r === null || e === null || t === null) return;
		let { pointLoss: i, labels: a, scores: o, losses: s, held: c } = e, l = i === null ? 4 : Math.max(1.5, Math.min(6, Math.max(...i))), { x: u, y: d } = kn(r, {
			width: n.width,
			height: n.height,
			left: 34,
			right: 8,
			top: 16,
			bottom: 20
		}, [-3, 3], [0, l], t, ["margin y·m(x)", ""]);
		if (r.strokeStyle = t.rule, r.beginPath(), r.moveTo(u(0), d(0)), r.lineTo(u(0), d(l)), r.stroke(), r.save(), r.beginPath(), r.rect(30, 4, n.width - 34, n.height - 22), r.clip(), i !== null) {
			r.strokeStyle = t.accent, r.lineWidth = 2;
			let e = i.length - 1;
			Y(r, i.length, (t) => [u(3 - 6 * t / e), d(i[t] ?? 0)]);
		}
		r.globalAlpha = .75;
		for (let e = 0; e < a.length; e++) {
			if (c[e]) continue;
			let n = a[e] ?? 0, i = u(Math.min(3, Math.max(-3, n * (o[e] ?? 0)))), f = d(Math.min(l, s[e] ?? 0));
			r.fillStyle = n > 0 ? t.positive : t.negative, r.beginPath(), n > 0 ? r.arc(i, f, 3, 0, 2 * Math.PI) : r.rect(i - 2.7, f - 2.7, 5.4, 5.4), r.fill();
		}
		r.restore();
	}
	return {
		element: r,
		update(n, r) {
			e = n, t = r, i();
		}
	};
}
// src/panels/model.ts
var Mn = 128, Nn = 6;
function Pn(e) {
	let n = i("Model", (t) => e({
		type: "build",
		model: t
	})), s = t("div", {
		class: "ml-layers",
		role: "group",
		"aria-label": "Hidden layers"
	});
	return {
		element: f("Model", r("Kind", n), s),
		update({ header: t, catalogue: r }) {
			let { settings: i } = t;
			a(n, r.models.map((e) => [e, e]), i.model), s.hidden = i.model !== "network";
			let c = JSON.stringify([i.hidden, i.activations]);
			s.dataset.key !== c && (s.dataset.key = c, s.replaceChildren(...i.hidden.map((t, n) => Fn(n, t, i, r.activations, e)), o("Add a layer", () => e({
				type: "build",
				hidden: [...i.hidden, 8],
				activations: [...i.activations, i.activations.at(-1) ?? "relu"]
			}), {
				disabled: i.hidden.length >= Nn,
				class: "ml-quiet"
			})));
		}
	};
}
function Fn(e, n, r, s, c) {
	let { hidden: l, activations: u } = r, d = t("input", {
		type: "number",
		min: 1,
		max: Mn,
		value: n,
		"aria-label": `Width of layer ${e + 1}`
	});
	d.setAttribute("data-lm-suppress-shortcuts", ""), d.addEventListener("change", () => {
		let t = Math.min(Mn, Math.max(1, Math.round(d.valueAsNumber || n)));
		c({
			type: "build",
			hidden: l.with(e, t)
		});
	});
	let f = i(`Activation of layer ${e + 1}`, (t) => c({
		type: "build",
		activations: u.with(e, t)
	}));
	return a(f, s.map((e) => [e, e]), u[e] ?? "relu"), t("div", { class: "ml-layer" }, d, f, o("×", () => c({
		type: "build",
		hidden: l.toSpliced(e, 1),
		activations: u.toSpliced(e, 1)
	}), {
		class: "ml-quiet",
		"aria-label": `Remove layer ${e + 1}`
	}));
}
// src/panels/moments.ts
function In(e) {
	let r = null, s = o("Bookmark", () => {
		r !== null && e({
			type: "bookmark",
			name: `step ${r.header.step}, loss ${r.header.train.loss?.toFixed(3) ?? "?"}`
		});
	}), c = i("Bookmarks", (t) => {
		t !== "" && e({
			type: "recall",
			index: Number(t)
		});
	}), l = o("Compare with this", () => {
		r !== null && e({
			type: "compare",
			at: r.header.compared === void 0 ? r.header.at : null
		});
	});
	return {
		element: t("div", { class: "ml-buttons ml-moments" }, s, c, l),
		update(e) {
			r = e;
			let { header: t } = e, i = (t.marks ?? []).map((e, t) => [String(t), e.name]);
			c.hidden = i.length === 0, a(c, [["", "Go to…"], ...i], ""), n(l, t.compared === void 0 ? "Compare with this" : `Stop comparing with ${t.compared}`), l.classList.toggle("ml-on", t.compared !== void 0);
		}
	};
}
// src/drawing/heat.ts
var Ln = document.createElement("canvas");
function Rn(e, t, n) {
	let r = Math.floor(e.length / t);
	Ln.width = t, Ln.height = r;
	let i = Ln.getContext("2d");
	if (i === null) return Ln;
	let a = i.createImageData(t, r), o = a.data;
	for (let t = 0; t < e.length; t++) {
		let r = 3 * (e[t] ?? 0);
		o[4 * t] = n[r] ?? 0, o[4 * t + 1] = n[r + 1] ?? 0, o[4 * t + 2] = n[r + 2] ?? 0, o[4 * t + 3] = 255;
	}
	return i.putImageData(a, 0, 0), Ln;
}
// src/drawing/separator.ts
var zn = 128;
function Bn(e, t, n, r) {
	let i = [], a = Math.floor(e.length / t), o = (e) => ((e + .5) * n / t).toFixed(2), s = (e) => ((e + .5) * r / a).toFixed(2);
	for (let n = 0; n + 1 < a; n++) for (let r = 0; r + 1 < t; r++) {
		let a = n * t + r, c = e[a] ?? 0, l = e[a + 1] ?? 0, u = e[a + t + 1] ?? 0, d = e[a + t] ?? 0, f = Number(c > zn) | Number(l > zn) << 1 | Number(u > zn) << 2 | Number(d > zn) << 3;
		if (f === 0 || f === 15 || c * l * u * d === 0) continue;
		let p = (e, t) => (zn - e) / (t - e), m = () => `${o(r + p(c, l))} ${s(n)}`, h = () => `${o(r + 1)} ${s(n + p(l, u))}`, g = () => `${o(r + p(d, u))} ${s(n + 1)}`, _ = () => `${o(r)} ${s(n + p(c, d))}`;
		for (let [e, t] of Vn[f] ?? []) {
			let n = {
				top: m,
				right: h,
				bottom: g,
				left: _
			};
			i.push(`M${n[e]()}L${n[t]()}`);
		}
	}
	return i.join("");
}
var Vn = [
	[],
	[["left", "top"]],
	[["top", "right"]],
	[["left", "right"]],
	[["right", "bottom"]],
	[["left", "top"], ["right", "bottom"]],
	[["top", "bottom"]],
	[["left", "bottom"]],
	[["left", "bottom"]],
	[["top", "bottom"]],
	[["left", "bottom"], ["top", "right"]],
	[["right", "bottom"]],
	[["left", "right"]],
	[["top", "right"]],
	[["left", "top"]],
	[]
];
// src/drawing/scene.ts
function Hn(e, t, n) {
	let { low: r, high: i } = e.axes, [a, o] = e.line === null ? [r[1], i[1]] : Un(e);
	return {
		x: J([r[0], i[0]], [0, t]),
		y: J([a, o], [n, 0])
	};
}
function Un(e) {
	let t = Math.max(1.5, ...(e.line ?? []).map(Math.abs).filter(Number.isFinite));
	return [-1.1 * t, 1.1 * t];
}
function Wn(e, t, n) {
	let [, r] = t.x.range(), [i] = t.y.range(), a = [];
	if (e.line !== null && a.push(...Gn(e.line, t, n)), e.ghost !== null && e.line === null) {
		let t = Math.round(Math.sqrt(e.ghost.length)), o = Bn(e.ghost, t, r, i);
		a.push({
			path: o,
			stroke: n.ink,
			width: 1.25,
			dash: [4, 4]
		});
	}
	if (e.heat !== null) {
		let t = Bn(e.heat, e.resolution, r, i);
		a.push({
			path: t,
			stroke: n.paper,
			width: 4
		}, {
			path: t,
			stroke: n.ink,
			width: 1.75
		});
	}
	return a.push(...qn(e, t, n)), a;
}
function Gn(e, { x: t, y: n }, r) {
	let [i, a] = t.range(), o = (t) => i + t / (e.length - 1) * (a - i), s = "";
	return e.forEach((e, t) => {
		Number.isFinite(e) && (s += `${s === "" ? "M" : "L"}${o(t).toFixed(1)} ${n(e).toFixed(1)}`);
	}), [{
		path: `M${i} ${n(0)}L${a} ${n(0)}`,
		stroke: r.faint,
		width: 1,
		dash: [2, 3]
	}, {
		path: s,
		stroke: r.accent,
		width: 2
	}];
}
var Kn = 4;
function qn(e, { x: t, y: n }, r) {
	let i = {
		positive: "",
		negative: ""
	}, a = {
		positive: "",
		negative: ""
	}, o = "", s = "";
	for (let r = 0; r < e.labels.length; r++) {
		let c = e.scores[r] ?? 0, l = e.labels[r] ?? 0, u = t(e.places[2 * r] ?? 0), d = n(e.line === null ? e.places[2 * r + 1] ?? 0 : l), f = l > 0 ? "positive" : "negative", p = l > 0 ? Yn(u, d, Kn) : Xn(u, d, 3.6);
		e.held[r] ? a[f] += p : i[f] += p;
		let m = Jn(e.losses[r] ?? 0);
		m > 5.5 && (o += Yn(u, d, m)), c > 0 != l > 0 && (s += Zn(u, d, 2.4));
	}
	return [
		{
			path: o,
			stroke: r.faint,
			width: 1
		},
		{
			path: i.negative,
			fill: r.negative,
			stroke: r.paper,
			width: 1
		},
		{
			path: i.positive,
			fill: r.positive,
			stroke: r.paper,
			width: 1
		},
		{
			path: a.negative,
			fill: r.paper,
			stroke: r.negative,
			width: 1.75
		},
		{
			path: a.positive,
			fill: r.paper,
			stroke: r.positive,
			width: 1.75
		},
		{
			path: s,
			stroke: r.paper,
			width: 3
		},
		{
			path: s,
			stroke: r.ink,
			width: 1.5
		}
	].filter((e) => e.path !== "");
}
function Jn(e) {
	return Number.isFinite(e) ? Kn + Math.min(14, 7 * Math.sqrt(Math.max(0, e))) : 18;
}
function Yn(e, t, n) {
	return `M${(e + n).toFixed(1)} ${t.toFixed(1)}a${n} ${n} 0 1 1 ${-2 * n} 0a${n} ${n} 0 1 1 ${2 * n} 0Z`;
}
function Xn(e, t, n) {
	return `M${(e - n).toFixed(1)} ${(t - n).toFixed(1)}h${2 * n}v${2 * n}h${-2 * n}Z`;
}
function Zn(e, t, n) {
	return `M${e - n} ${t - n}l${2 * n} ${2 * n}M${e + n} ${t - n}l${-2 * n} ${2 * n}`;
}
function Qn(e, t) {
	for (let { path: n, fill: r, stroke: i, width: a, dash: o } of t) {
		let t = new Path2D(n);
		r !== void 0 && (e.fillStyle = r, e.fill(t)), i !== void 0 && (e.strokeStyle = i, e.lineWidth = a ?? 1, e.setLineDash([...o ?? []]), e.stroke(t));
	}
	e.setLineDash([]);
}
// src/panels/picture.ts
var X = {
	left: 44,
	right: 8,
	top: 8,
	bottom: 36
};
function $n(e) {
	let n = null, r = null, i = null, a = new E("The data and the model's score", s), o = t("div", {
		class: "ml-picture",
		tabindex: 0
	}, a.element);
	o.setAttribute("role", "application"), o.setAttribute("aria-label", "Picture of the data. Click adds a point of class +1, shift-click of class −1, alt-click removes. By keyboard: arrow keys move the pointer, 1 and 2 add, Delete removes.");
	function s() {
		let e = a.begin();
		if (e === null || n === null || r === null) return;
		let t = a.width - X.left - X.right, o = a.height - X.top - X.bottom;
		i = Hn(n, t, o), e.save(), e.translate(X.left, X.top), tr(e, n, i, r, t, o), e.beginPath(), e.rect(0, 0, t, o), e.clip(), n.heat !== null && (e.imageSmoothingEnabled = !0, e.imageSmoothingQuality = "high", e.drawImage(Rn(n.heat, n.resolution, r.ramp), 0, 0, t, o)), Qn(e, Wn(n, i, r)), nr(e, n, i, r), e.restore();
	}
	let c = !1, l = null;
	function u() {
		c || (c = !0, requestAnimationFrame(() => {
			c = !1, e(l === null ? { type: "probe" } : {
				type: "probe",
				u: l[0],
				v: l[1]
			});
		}));
	}
	function d(e) {
		if (i === null) return null;
		let t = a.element.getBoundingClientRect(), [n, r] = [e.clientX - t.left - X.left, e.clientY - t.top - X.top], [, o] = i.x.range(), [s] = i.y.range();
		return n < 0 || r < 0 || n > o || r > s ? null : [i.x.invert(n), i.y.invert(r)];
	}
	a.element.addEventListener("pointermove", (e) => {
		l = d(e), u();
	}), a.element.addEventListener("pointerleave", () => {
		l = null, u();
	}), a.element.addEventListener("click", (e) => {
		let t = d(e);
		t !== null && f(t, e.altKey ? 0 : e.shiftKey ? -1 : 1);
	});
	function f([t, r], a) {
		if (a === 0) {
			let a = n === null || i === null ? -1 : er(n, i, t, r);
			a >= 0 && e({
				type: "remove",
				row: a
			});
		} else n?.line === null ? e({
			type: "add",
			u: t,
			v: r,
			label: a
		}) : e({
			type: "add",
			u: t,
			v: 0,
			label: a
		});
	}
	return o.addEventListener("keydown", (e) => {
		if (n === null) return;
		let { low: t, high: r } = n.axes, i = l ?? [(t[0] + r[0]) / 2, (t[1] + r[1]) / 2], a = e.shiftKey ? .1 : .02, [o, s] = [a * (r[0] - t[0]), a * (r[1] - t[1])], c = {
			ArrowLeft: [-o, 0],
			ArrowRight: [o, 0],
			ArrowUp: [0, s],
			ArrowDown: [0, -s]
		}[e.key];
		if (c !== void 0) l = [Math.min(r[0], Math.max(t[0], i[0] + c[0])), Math.min(r[1], Math.max(t[1], i[1] + c[1]))], u();
		else if (e.key === "1" || e.key === "2") f(i, e.key === "1" ? 1 : -1);
		else if (e.key === "Delete" || e.key === "Backspace") f(i, 0);
		else return;
		e.preventDefault();
	}), {
		element: o,
		update(e, t) {
			n = e, r = t, s();
		}
	};
}
function er(e, { x: t, y: n }, r, i) {
	let a = -1, o = 18;
	for (let s = 0; s < e.labels.length; s++) {
		let c = t(e.places[2 * s] ?? 0) - t(r), l = e.line === null ? e.places[2 * s + 1] ?? 0 : e.labels[s] ?? 0, u = Math.hypot(c, n(l) - n(i));
		u < o && (o = u, a = s);
	}
	return a;
}
function tr(e, t, { x: n, y: r }, i, a, o) {
	e.font = "12px system-ui, sans-serif", e.fillStyle = i.faint, e.textAlign = "center", e.textBaseline = "top";
	for (let t of n.ticks(5)) e.fillText(_(t), n(t), o + 6);
	e.fillText(t.axes.labels[0], a / 2, o + 21), e.textAlign = "right", e.textBaseline = "middle";
	for (let t of r.ticks(5)) e.fillText(_(t), -6, r(t));
	e.save(), e.translate(-34, o / 2), e.rotate(-Math.PI / 2), e.textAlign = "center", e.fillText(t.line === null ? t.axes.labels[1] : "score m(x), label y", 0, 0), e.restore();
}
function nr(e, t, { x: n, y: r }, i) {
	let a = t.header.probe;
	if (a === void 0 || t.line !== null) return;
	let [o, s] = [n(a.u), r(a.v)], [c, l] = a.slope;
	if (c === null || l === null) return;
	let [u, d] = [c * (n(1) - n(0)), l * (r(1) - r(0))], f = Math.hypot(u, d);
	if (e.strokeStyle = i.ink, e.fillStyle = i.ink, e.lineWidth = 1.5, e.beginPath(), e.arc(o, s, 2.5, 0, 2 * Math.PI), e.fill(), f === 0) return;
	let p = 12 * Math.asinh(f / 40) + 8, m = Math.atan2(d, u), [h, g] = [o + p * Math.cos(m), s + p * Math.sin(m)];
	e.beginPath(), e.moveTo(o, s), e.lineTo(h, g);
	for (let t of [2.6, -2.6]) e.moveTo(h, g), e.lineTo(h + 7 * Math.cos(m + t), g + 7 * Math.sin(m + t));
	e.stroke();
}
// src/panels/readout.ts
function rr() {
	let e = {
		loss: t("dd"),
		full: t("dd"),
		test: t("dd"),
		accuracy: t("dd")
	}, r = t("dl", { class: "ml-numbers" }, t("div", {}, t("dt", {}, "Training loss"), e.loss), t("div", {}, t("dt", {}, "Test loss"), e.test), t("div", {}, t("dt", {}, "Full loss"), e.full), t("div", {}, t("dt", {}, "Accuracy"), e.accuracy)), i = ir(), a = t("p", { class: "ml-pointer" });
	return {
		element: t("div", { class: "ml-readout" }, r, i.element, a),
		update(t) {
			let { train: r, test: o, full: s, probe: c } = t.header;
			n(e.loss, v(r.loss)), n(e.full, v(s, 2)), n(e.test, v(o.loss)), n(e.accuracy, b(o.points > 0 ? o.accuracy : r.accuracy)), i.update(t), n(a, c === void 0 ? "Point at the picture for the score and its slope." : `${t.axes.labels[0]} ${v(c.u, 2)}   ${t.axes.labels[1]} ${v(c.v, 2)}   m(x) ${_(c.score)}   ∂m/∂x (${_(c.slope[0])}, ${_(c.slope[1])})`);
		}
	};
}
function ir() {
	let e = [
		t("td"),
		t("td"),
		t("td"),
		t("td")
	], r = t("caption"), i = t("th", { scope: "row" }), a = t("th", { scope: "row" });
	return {
		element: t("table", { class: "ml-confusion" }, r, t("thead", {}, t("tr", {}, t("td"), t("th", { scope: "col" }, "m > 0"), t("th", { scope: "col" }, "m ≤ 0"))), t("tbody", {}, t("tr", {}, i, e[0], e[1]), t("tr", {}, a, e[2], e[3]))),
		update(t) {
			let [o, s, c, l] = (t.header.test.points > 0 ? t.header.test : t.header.train).counts;
			n(r, t.header.test.points > 0 ? "Test points" : "Training points"), n(i, t.axes.classes[1]), n(a, t.axes.classes[0]), [
				o,
				l,
				s,
				c
			].forEach((t, r) => {
				let i = e[r];
				i !== void 0 && (n(i, String(t)), i.classList.toggle("ml-wrong", (r === 1 || r === 2) && t > 0));
			});
		}
	};
}
// src/panels/rules.ts
function ar(e) {
	let t = or("At step", 1, (t) => e({
		type: "tune",
		stop_step: t === null ? null : Math.round(t)
	})), n = or("Loss at most", .01, (t) => e({
		type: "tune",
		stop_loss: t
	})), r = or("Accuracy at least, %", 1, (t) => e({
		type: "tune",
		stop_accuracy: t === null ? null : Math.min(1, Math.max(0, t / 100))
	}));
	return {
		element: f("Pause training", t.element, n.element, r.element),
		update({ header: { settings: e } }) {
			t.show(e.stop_step), n.show(e.stop_loss), r.show(e.stop_accuracy === null ? null : 100 * e.stop_accuracy);
		}
	};
}
function or(e, n, i) {
	let a = t("input", {
		type: "number",
		min: 0,
		step: n,
		placeholder: "never"
	});
	return a.setAttribute("data-lm-suppress-shortcuts", ""), a.addEventListener("change", () => {
		i(Number.isFinite(a.valueAsNumber) ? Math.max(0, a.valueAsNumber) : null);
	}), {
		element: r(e, a),
		show(e) {
			document.activeElement !== a && (a.value = e === null ? "" : String(e));
		}
	};
}
// src/save.ts
function sr(e, t, n) {
	let r = typeof n == "string" || n instanceof Blob ? n : n.slice(), i = URL.createObjectURL(new Blob([r], { type: t })), a = document.createElement("a");
	a.href = i, a.download = e, a.click(), window.setTimeout(() => URL.revokeObjectURL(i), 1e4);
}
// src/drawing/picture-file.ts
var Z = 600, Q = {
	left: 56,
	right: 16,
	top: 16,
	bottom: 48
};
function cr(e, t) {
	let n = Hn(e, Z, Z), [r, i] = [Z + Q.left + Q.right, Z + Q.top + Q.bottom], a = e.heat === null ? "" : `<image href="${Rn(e.heat, e.resolution, t.ramp).toDataURL()}" width="${Z}" height="${Z}" preserveAspectRatio="none"/>`, o = Wn(e, n, t).map(({ path: e, fill: t, stroke: n, width: r, dash: i }) => `<path d="${e}" fill="${t ?? "none"}" stroke="${n ?? "none"}" stroke-width="${r ?? 1}" stroke-dasharray="${i?.join(" ") ?? "none"}"/>`), s = (e, t, n, r, i = "") => `<text x="${e.toFixed(1)}" y="${t.toFixed(1)}" text-anchor="${n}"${i}>${ur(r)}</text>`, [c, l] = e.axes.labels, u = [
		...n.x.ticks(5).map((e) => s(n.x(e), 620, "middle", _(e))),
		...n.y.ticks(5).map((e) => s(-8, n.y(e) + 4, "end", _(e))),
		s(Z / 2, 640, "middle", c),
		s(0, 0, "middle", e.line === null ? l : "score", ` transform="translate(-42 ${Z / 2}) rotate(-90)"`)
	];
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${r} ${i}" width="${r}" height="${i}" font-family="system-ui, sans-serif" font-size="13"><rect width="100%" height="100%" fill="${t.paper}"/><clipPath id="frame"><rect width="${Z}" height="${Z}"/></clipPath><g transform="translate(${Q.left} ${Q.top})"><g clip-path="url(#frame)">${a}${o.join("")}</g><g fill="${t.ink}">${u.join("")}</g></g></svg>`;
}
function lr(e, t, n) {
	let r = new Image();
	r.addEventListener("load", () => {
		let t = document.createElement("canvas");
		t.width = 2 * r.width, t.height = 2 * r.height, t.getContext("2d")?.drawImage(r, 0, 0, t.width, t.height), t.toBlob((t) => {
			t !== null && sr(e, "image/png", t);
		});
	}), r.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(cr(t, n))}`;
}
function ur(e) {
	return e.replace(/[&<>"]/g, (e) => `&#${e.charCodeAt(0)};`);
}
// src/panels/share.ts
function dr(e) {
	let n = null, r = [
		a("Parameters (safetensors)", () => e({
			type: "export",
			what: "params"
		})),
		a("Python script", () => e({
			type: "export",
			what: "script"
		})),
		a("Picture (SVG)", () => {
			n !== null && sr("picture.svg", "image/svg+xml", cr(...n));
		}),
		a("Picture (PNG)", () => {
			n !== null && lr("picture.png", ...n);
		}),
		a("Replay (HTML)", () => e({
			type: "export",
			what: "replay"
		})),
		a("Copy the link", () => {
			n !== null && navigator.clipboard.writeText(fr(n[0]));
		})
	], i = t("details", { class: "ml-menu" }, t("summary", {}, "Take away"), t("div", { class: "ml-items" }, ...r));
	i.addEventListener("keydown", (e) => {
		e.key === "Escape" && (i.open = !1);
	}), document.addEventListener("pointerdown", (e) => {
		i.contains(e.target) || (i.open = !1);
	});
	function a(e, t) {
		return o(e, () => {
			t(), i.open = !1;
		});
	}
	return {
		element: i,
		update(e, t) {
			n = [e, t];
			let r = e.header.file, i = e.file;
			r !== void 0 && i !== null && sr(r[0], r[1], i);
		}
	};
}
function fr(e) {
	let t = new URL(location.href);
	return t.hash = e.link, t.href;
}
// src/panels/knob-select.ts
function pr(e, t) {
	let n = i(e, (e) => t(Number(e)));
	return {
		element: n,
		update(e, t) {
			if (!e.fresh.has("leaves") && n.options.length > 0) {
				n.value !== String(t) && (n.value = String(t));
				return;
			}
			let r = Math.min(1e3, e.values.length);
			a(n, Array.from({ length: r }, (t, n) => [String(n), e.knobName(n)]), String(t));
		}
	};
}
// src/panels/surface.ts
var $ = 40, mr = 20;
function hr(e) {
	let n = null, r = null, i = new E("Loss over two parameters, with the path walked", c), a = pr("Second parameter of the loss map", (t) => {
		n !== null && e({
			type: "look",
			knobs: [n.header.view.knobs[0], t]
		});
	}), o = t("span", { class: "ml-mono" }), s = f("Loss over", i.element);
	s.querySelector("h2")?.append(o, " and ", a.element);
	function c() {
		let e = i.begin();
		if (e === null || n === null || r === null) return;
		let t = n.surfaceRange;
		if (t === null || n.surface === null) return;
		let [a, o, s, c, l] = t, { width: u, height: d } = i, f = J([a, o], [$, u - 8]), p = J([s, c], [d - mr, 6]);
		e.imageSmoothingEnabled = !0;
		let m = Rn(gr(n.surface), l, r.ramp);
		e.drawImage(m, $, 6, u - 8 - $, d - mr - 6), e.font = "11px system-ui, sans-serif", e.fillStyle = r.faint, e.textAlign = "center", e.textBaseline = "top";
		for (let t of f.ticks(5)) e.fillText(_(t), f(t), d - mr + 5);
		e.textAlign = "right", e.textBaseline = "middle";
		for (let t of p.ticks(3)) e.fillText(_(t), 34, p(t));
		let { path: h, values: g, header: v } = n;
		e.save(), e.beginPath(), e.rect($, 6, u - 8 - $, d - mr - 6), e.clip(), e.strokeStyle = r.ink, e.lineWidth = 1.5, e.lineJoin = "round", Y(e, h.length / 2, (e) => [f(h[2 * e] ?? 0), p(h[2 * e + 1] ?? 0)]);
		let [y, b] = v.view.knobs;
		e.fillStyle = r.ink, e.strokeStyle = r.paper, e.beginPath(), e.arc(f(g[y] ?? 0), p(g[b] ?? 0), 4.5, 0, 2 * Math.PI), e.fill(), e.stroke(), e.restore();
	}
	return {
		element: s,
		update(e, t) {
			n = e, r = t, s.hidden = e.values.length < 2, o.textContent = e.knobName(e.header.view.knobs[0]), a.update(e, e.header.view.knobs[1]), c();
		}
	};
}
function gr(e) {
	let [t, n] = [Infinity, -Infinity];
	for (let r of e) Number.isFinite(r) && (r < t && (t = r), r > n && (n = r));
	let r = new Uint8Array(e.length);
	return e.forEach((e, i) => {
		if (!Number.isFinite(e)) return;
		let a = n > t ? Math.sqrt((e - t) / (n - t)) : 0;
		r[i] = 129 + Math.round(126 * a);
	}), r;
}
// src/panels/sweep.ts
function _r(e) {
	let t = null, n = null, r = new E("Loss along one parameter", o), i = pr("Parameter along which the loss is drawn", (n) => {
		t !== null && e({
			type: "look",
			knobs: [n, t.header.view.knobs[1]]
		});
	}), a = f("Loss along", r.element);
	a.querySelector("h2")?.append(i.element);
	function o() {
		let e = r.begin();
		if (e === null || t === null || n === null || t.sweep === null) return;
		let { sweep: i, header: a, values: o } = t, s = i.length / 2, c = Array.from({ length: s }, (e, t) => i[2 * t + 1] ?? NaN), [l, u] = [i[0] ?? 0, i[2 * s - 2] ?? 1], d = {
			width: r.width,
			height: r.height,
			left: 40,
			right: 8,
			top: 10,
			bottom: 20
		}, [, f] = An(c, 0), { x: p, y: m } = kn(e, d, [l, u], [Math.min(0, ...c), f], n);
		e.strokeStyle = n.accent, e.lineWidth = 2, Y(e, s, (e) => [p(i[2 * e] ?? 0), m(c[e] ?? NaN)]);
		let h = o[a.view.knobs[0]] ?? 0, g = a.train.loss;
		e.strokeStyle = n.rule, e.lineWidth = 1, e.beginPath(), e.moveTo(p(h), 10), e.lineTo(p(h), r.height - 20), e.stroke(), g !== null && (e.fillStyle = n.ink, e.beginPath(), e.arc(p(h), m(g), 4, 0, 2 * Math.PI), e.fill());
	}
	return {
		element: a,
		update(e, r) {
			t = e, n = r, i.update(e, e.header.view.knobs[0]), o();
		}
	};
}
// src/panels/time.ts
var vr = 48, yr = 12;
function br(e) {
	let r = null, i = null, a = null, o = null, s = new E("Loss over the history", h), c = t("input", {
		type: "range",
		min: 0,
		max: 0,
		step: 1,
		"aria-label": "Moment"
	});
	c.setAttribute("data-lm-suppress-shortcuts", ""), c.addEventListener("input", () => e({
		type: "seek",
		at: c.valueAsNumber
	}));
	let l = t("span", { class: "ml-where" }), u = t("span", { class: "ml-branches" }), d = t("span", { class: "ml-legend" }, t("i", { class: "ml-line" }), "training", t("i", { class: "ml-line ml-test" }), "test"), p = f("Loss over time", s.element, c);
	p.querySelector("h2")?.append(d, l, u), p.classList.add("ml-time"), s.element.addEventListener("pointermove", (e) => {
		a = m(e), h();
	}), s.element.addEventListener("pointerleave", () => {
		a = null, h();
	}), s.element.addEventListener("click", (t) => {
		let n = m(t);
		n !== null && e({
			type: "seek",
			at: n
		});
	});
	function m(e) {
		if (o === null || r === null) return null;
		let t = s.element.getBoundingClientRect(), n = Math.round(o.x.invert(e.clientX - t.left));
		return Math.min(r.header.count - 1, Math.max(0, n));
	}
	function h() {
		let e = s.begin();
		if (e === null || r === null || i === null) return;
		let { train: t, test: n, header: c } = r, l = Math.max(1, t.length - 1);
		o = kn(e, {
			width: s.width,
			height: s.height,
			left: vr,
			right: yr,
			top: 8,
			bottom: 20
		}, [0, l], Sr(r), i);
		let { x: u, y: d } = o;
		e.save(), e.beginPath(), e.rect(vr, 0, s.width - vr - yr, s.height - 18), e.clip(), e.lineJoin = "round", e.lineWidth = 1.5, e.strokeStyle = i.test, Tr(e, n.values, o), e.strokeStyle = i.accent, e.lineWidth = 2, wr(e, t.values, o);
		for (let t of c.marks ?? []) t.at !== null && (e.fillStyle = i.ink, e.fillRect(u(t.at) - .5, 8, 1, 8), e.beginPath(), e.arc(u(t.at), 8, 3, 0, 2 * Math.PI), e.fill());
		c.compared !== void 0 && Cr(e, u(c.compared), i.ink, [4, 4]), Cr(e, u(c.at), i.ink);
		let f = a ?? c.at;
		for (let [r, a] of [[n, i.test], [t, i.accent]]) {
			let t = r.at(f);
			Number.isFinite(t) && (e.fillStyle = a, e.beginPath(), e.arc(u(f), d(t), 3.5, 0, 2 * Math.PI), e.fill());
		}
		a !== null && Cr(e, u(a), i.faint, [2, 3]), e.restore(), g(r, f);
	}
	function g(e, t) {
		let r = e.test.at(t);
		n(l, `moment ${t} of ${e.header.count - 1}: ${v(e.train.at(t), 4)}` + (Number.isFinite(r) ? ` / ${v(r, 4)}` : ""));
	}
	return {
		element: p,
		update(t, n) {
			r = t, i = n;
			let { header: a } = t;
			c.max = String(a.count - 1), c.disabled = a.count < 2, c.value = String(a.at), c.setAttribute("aria-valuetext", `moment ${a.at}, step ${a.step}`), xr(u, a.forks ?? [], e), h();
		}
	};
}
function xr(e, t, n) {
	let r = t.join();
	e.dataset.forks !== r && (e.dataset.forks = r, e.replaceChildren(...t.map((e, t) => o(`Branch ${t + 1}`, () => n({
		type: "switch",
		branch: t
	}), {
		title: `Go back to the branch of ${e} moments that was left`,
		class: "ml-quiet"
	}))));
}
function Sr(e) {
	let [t, n] = [0, 0];
	for (let r of [e.train.values, e.test.values]) for (let e of r) Number.isFinite(e) && (e > n && (n = e), e < t && (t = e));
	let r = e.train.at(0), i = Number.isFinite(r) && r > 0 ? 20 * r : n;
	return [t, Math.min(n, i) * 1.05 || 1];
}
function Cr(e, t, n, r = []) {
	e.strokeStyle = n, e.lineWidth = 1, e.setLineDash(r), e.beginPath(), e.moveTo(Math.round(t) + .5, 0), e.lineTo(Math.round(t) + .5, 1e3), e.stroke(), e.setLineDash([]);
}
function wr(e, t, { x: n, y: r }) {
	let [i, a] = n.range(), o = Math.floor(t.length / (a - i));
	if (o < 2) {
		Y(e, t.length, (e) => [n(e), r(t[e] ?? NaN)]);
		return;
	}
	let s = Math.ceil(t.length / o), c = new Float32Array(2 * s);
	for (let e = 0; e < s; e++) {
		let [n, r] = [NaN, NaN];
		for (let i = e * o; i < Math.min(t.length, (e + 1) * o); i++) {
			let e = t[i] ?? NaN;
			e >= n || (n = Number.isNaN(e) ? n : e), e <= r || (r = Number.isNaN(e) ? r : e);
		}
		c[2 * e] = n, c[2 * e + 1] = r;
	}
	Y(e, c.length, (e) => [n(Math.floor(e / 2) * o), r(c[e] ?? NaN)]);
}
function Tr(e, t, { x: n, y: r }) {
	e.beginPath();
	let i = !1, a = -1;
	for (let o = 0; o < t.length; o++) {
		let s = t[o] ?? NaN;
		if (!Number.isFinite(s)) continue;
		let c = n(o);
		i && Math.floor(c * 2) === a || (a = Math.floor(c * 2), i ? e.lineTo(c, r(s)) : e.moveTo(c, r(s)), i = !0);
	}
	e.stroke();
}
// src/panels/told.ts
function Er(e) {
	let r = t("span"), i = o("Go to the last good moment", () => void 0), a = t("div", {
		class: "ml-told",
		role: "status",
		"aria-live": "polite"
	}, r, i), s = null, c = !1;
	return i.addEventListener("click", () => {
		s !== null && e({
			type: "seek",
			at: s
		});
	}), i.hidden = !0, {
		element: a,
		update({ header: e }) {
			if (c) return;
			let t = e.told;
			a.classList.toggle("ml-trouble", t !== void 0 && t.kind !== "notice"), a.classList.toggle("ml-shown", t !== void 0), n(r, t?.text ?? ""), s = t?.seek ?? null, i.hidden = s === null;
		},
		lost(e) {
			c = !0, a.classList.add("ml-trouble", "ml-shown"), n(r, e), i.hidden = !0;
		}
	};
}
// src/panels/view.ts
function Dr(e) {
	let n = i("View", (t) => e({
		type: "look",
		mode: t === "line" ? "line" : "plane"
	})), r = i("Horizontal axis", () => c()), o = i("Vertical axis", () => c()), s = t("div", { class: "ml-view" }, n, r, o);
	function c() {
		if (r.value === "pca") e({
			type: "look",
			axes: null
		});
		else {
			let t = o.value === "" || o.value === r.value ? +(r.value === "0") : Number(o.value);
			e({
				type: "look",
				axes: [Number(r.value), t]
			});
		}
	}
	return {
		element: s,
		update({ header: e, axes: t }) {
			let i = t.features.length > 2;
			a(n, [["plane", "Plane, from above"], ["line", "Score along one axis"]], e.view.mode), n.hidden = t.features.length < 2, r.hidden = !i, o.hidden = !i || e.view.axes === null;
			let s = t.features.map((e, t) => [String(t), e]);
			a(r, [["pca", "Principal components"], ...s], String(e.view.axes?.[0] ?? "pca")), a(o, s, String(e.view.axes?.[1] ?? "1"));
		}
	};
}
// src/theme.ts
function Or(e) {
	let t = getComputedStyle(e), n = (e) => t.getPropertyValue(e).trim();
	return {
		ink: n("--ink"),
		faint: n("--faint"),
		rule: n("--rule"),
		paper: n("--paper"),
		positive: n("--positive"),
		negative: n("--negative"),
		accent: n("--accent"),
		test: n("--test"),
		ramp: kr(n("--heat-negative"), n("--heat-zero"), n("--heat-positive"))
	};
}
function kr(e, t, n) {
	let [r, i, a] = [
		Ar(e),
		Ar(t),
		Ar(n)
	], o = /* @__PURE__ */ new Uint8ClampedArray(768);
	for (let e = 0; e < 256; e++) {
		let t = (e - 128) / 127, n = t < 0 ? r : a, s = e === 128 ? 0 : .16 + .84 * Math.abs(t);
		for (let t = 0; t < 3; t++) {
			let r = i[t] ?? 0;
			o[3 * e + t] = e === 0 ? 128 : r + s * ((n[t] ?? 0) - r);
		}
	}
	return o;
}
function Ar(e) {
	return [
		1,
		3,
		5
	].map((t) => Number.parseInt(e.slice(t, t + 2), 16));
}
// src/mount.ts
function jr(n, r) {
	let i = new C(), { live: a } = r, s = (e) => r.send(e), c = Er(s), l = {
		bar: u(s, a),
		lesson: ce(s),
		data: p(s),
		model: Pn(s),
		rules: ar(s),
		knobs: ae(s, a),
		view: Dr(s),
		picture: $n(s),
		readout: rr(),
		margin: jn(),
		sweep: _r(s),
		surface: hr(s),
		time: br(s),
		moments: In(s),
		share: dr(s),
		told: c
	}, d = o("The lecture", () => s({
		type: "lesson",
		index: 0
	})), f = t("div", {
		class: "ml-root",
		"data-live": a
	}, t("header", { class: "ml-header" }, t("h1", {}, "miniml", t("span", {}, a ? "playground" : "replay")), l.bar.element, t("div", { class: "ml-buttons" }, ...a ? [d, l.share.element] : [])), c.element, l.lesson.element, t("main", { class: "ml-main" }, t("div", { class: "ml-column ml-choices" }, ...a ? [l.data.element, l.model.element] : [], l.knobs.element, ...a ? [l.rules.element] : []), t("div", { class: "ml-column ml-middle" }, t("div", { class: "ml-above" }, ...a ? [l.view.element, l.moments.element] : []), l.picture.element, l.readout.element), t("div", { class: "ml-column ml-losses" }, l.margin.element, l.sweep.element, l.surface.element)), l.time.element);
	if (!a) for (let e of f.querySelectorAll("select")) e.disabled = !0;
	n.replaceChildren(f);
	let h = Or(f), g = matchMedia("(prefers-color-scheme: dark)"), _ = () => {
		h = Or(f), i.catalogue !== void 0 && v();
	};
	g.addEventListener("change", _);
	let v = () => {
		for (let e of Object.values(l)) e.update(i, h);
	};
	f.addEventListener("dragover", (e) => {
		e.preventDefault(), f.classList.add("ml-dropping");
	}), f.addEventListener("dragleave", () => f.classList.remove("ml-dropping")), f.addEventListener("drop", (e) => {
		e.preventDefault(), f.classList.remove("ml-dropping");
		let t = e.dataTransfer?.files[0];
		t !== void 0 && a && m(t, s);
	}), f.addEventListener("keydown", (e) => Mr(e, i, s)), r.listen((t) => {
		i.apply(e(t)), v(), r.linked && i.fresh.has("link") && history.replaceState(null, "", `#${i.link}`), requestAnimationFrame(() => r.send({ type: "ack" }));
	}, (e) => {
		c.lost(e), f.classList.add("ml-lost");
	});
	let y = location.hash.slice(1);
	return r.linked && y !== "" && s({
		type: "open",
		link: y
	}), () => {
		g.removeEventListener("change", _), r.close(), n.replaceChildren();
	};
}
function Mr(e, t, n) {
	if (e.target instanceof HTMLInputElement && e.target.type !== "range" || !(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== "z") return;
	e.preventDefault();
	let { undo: r, redo: i } = t.header;
	(e.shiftKey ? i : r) && n({ type: e.shiftKey ? "redo" : "undo" });
}
// src/transports/replay.ts
function Nr(e) {
	let t = () => void 0, n = 0, r = 0, i = e.frames.length - 1;
	function a(i) {
		let a = i > n ? n + 1 : i === 0 ? 0 : i;
		for (let n = a; n <= i; n++) t(Fr(Pr(e.frames[n] ?? ""), r !== 0));
		n = i;
	}
	function o(t) {
		let r = t < (e.at[n] ?? 0) ? e.at.findLastIndex((e) => e <= t) : e.at.findIndex((e) => e >= t);
		return r < 0 ? i : r;
	}
	function s() {
		window.clearInterval(r), r = 0;
	}
	return {
		linked: !1,
		live: !1,
		send(e) {
			e.type === "play" ? (s(), n === i && a(0), r = window.setInterval(() => {
				n >= i && s(), a(Math.min(n + 1, i));
			}, 100), a(n)) : e.type === "pause" ? (s(), a(n)) : e.type === "seek" ? (s(), a(o(e.at))) : e.type === "reset" ? (s(), a(0)) : e.type === "step" && (s(), a(Math.min(n + 1, i)));
		},
		listen(e) {
			t = e, a(0);
		},
		close: s
	};
}
function Pr(e) {
	let t = atob(e), n = new Uint8Array(t.length);
	for (let e = 0; e < t.length; e++) n[e] = t.charCodeAt(e);
	return n.buffer;
}
function Fr(t, n) {
	if (!n) return t;
	let { header: r } = e(t), i = new DataView(t).getUint32(0, !0), a = new TextEncoder().encode(JSON.stringify({
		...r,
		playing: n
	})), o = Math.ceil(a.length / 4) * 4, s = new Uint8Array(4 + o + t.byteLength - 4 - i).fill(32);
	return new DataView(s.buffer).setUint32(0, o, !0), s.set(a, 4), s.set(new Uint8Array(t, 4 + i), 4 + o), s.buffer;
}
// src/transports/socket.ts
function Ir() {
	let e = new URLSearchParams(location.search).get("token") ?? "", t = location.protocol === "https:" ? "wss" : "ws", n = new WebSocket(`${t}://${location.host}/socket?token=${encodeURIComponent(e)}`);
	n.binaryType = "arraybuffer";
	let r = [];
	return {
		linked: !0,
		live: !0,
		send(e) {
			let t = JSON.stringify(e);
			n.readyState === WebSocket.OPEN ? n.send(t) : n.readyState === WebSocket.CONNECTING && r.push(t);
		},
		listen(e, t) {
			n.addEventListener("open", () => {
				for (let e of r.splice(0)) n.send(e);
			}), n.addEventListener("message", (t) => e(t.data)), n.addEventListener("close", (e) => {
				t(e.code === 1013 ? "Too many pages are open. Close one, and load this page again." : "The playground has stopped. Start it again, and open the address that it prints.");
			});
		},
		close: () => n.close()
	};
}
// src/transports/widget.ts
function Lr(e) {
	let t = () => void 0;
	return {
		linked: !1,
		live: !0,
		send: (t) => e.send(JSON.stringify(t)),
		listen(n) {
			t = (e, t) => {
				let r = t[0];
				if (r === void 0) return;
				let i = new Uint8Array(r.byteLength);
				i.set(new Uint8Array(r.buffer, r.byteOffset, r.byteLength)), n(i.buffer);
			}, e.on("msg:custom", t), e.send(JSON.stringify({ type: "hello" }));
		},
		close: () => e.off("msg:custom", t)
	};
}
// src/main.ts
function Rr({ model: e, el: t }) {
	return jr(t, Lr(e));
}
var zr = { render: Rr }, Br = document.getElementById("miniml");
if (Br !== null) {
	let e = document.getElementById("frames")?.textContent;
	jr(Br, e == null ? Ir() : Nr(JSON.parse(e)));
}
export { zr as default };
