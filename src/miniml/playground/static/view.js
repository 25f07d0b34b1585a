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
	let f = !1, p = o("Play", () => e({ type: f ? "pause" : "play" }), { class: "ml-play" }), m = o("Step", () => e({ type: "step" }), { title: "Make one training step" }), h = o("Reset", () => e({ type: "reset" }), { title: "Go back to the same start" }), g = o("New seed", () => e({ type: "reseed" }), { title: "Draw points and parameters anew" }), _ = o("Undo", () => e({ type: "undo" })), v = o("Redo", () => e({ type: "redo" })), y = t("span", { class: "ml-steps" }), b = i("Speed", (t) => e({
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
			role: "group",
			"aria-label": "Training"
		}, t("div", { class: "ml-buttons" }, p, m, h, ...u ? [
			g,
			_,
			v
		] : []), y),
		fields: w,
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
function f(e, n, ...r) {
	let i = t("div", { class: "ml-title" }, t("h2", {}, e), ...n);
	return t("section", {
		class: "ml-panel",
		"aria-label": e
	}, i, ...r);
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
		element: f("Data", [], r("Set", n), a.element, s.element, c.element, u, l),
		update(e) {
			let { settings: t, heard: r } = e.header;
			h(n, e), a.show(t.noise, `${Math.round(100 * t.noise)} %`, r), s.show(t.points, String(t.points), r), c.show(t.train_share, `${Math.round(100 * t.train_share)} %`, r);
			let i = !["own", "breast-cancer"].includes(t.data);
			a.element.hidden = !i, s.element.hidden = !i, c.element.hidden = t.data === "own";
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
	let s = t("span", { class: "ml-shown" }), c = 0;
	return o.addEventListener("change", () => {
		c = a(o.valueAsNumber);
	}), {
		element: t("label", { class: "ml-field ml-sliding" }, t("span", {}, e), o, s),
		show(e, t, n) {
			n >= c && (o.value = String(e)), s.textContent = t, o.setAttribute("aria-valuetext", t);
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
	return String(Number(e.toPrecision(4)));
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
	asked = 0;
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
		this.asked = this.send({
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
	show(e, t, n, r) {
		t !== this.value && e >= this.asked && (this.value = t, this.adapt(t), this.range.value = String(t), this.range.setAttribute("aria-valuetext", _(t)), document.activeElement !== this.number && (this.number.value = y(t))), this.ghost.hidden = r === null, r !== null && (this.ghost.style.left = this.place(r)), this.showDownhill(t, n);
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
};
// src/theme.ts
function te(e) {
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
		ramp: ie(n("--heat-negative"), n("--heat-zero"), n("--heat-positive"))
	};
}
function ne(e) {
	let t = (e - 128) / 127;
	return t * Math.abs(t);
}
function re(e) {
	return 128 + Math.round(127 * Math.sign(e) * Math.sqrt(Math.abs(e)));
}
function ie(e, t, n) {
	let [r, i, a] = [
		ae(e),
		ae(t),
		ae(n)
	], o = /* @__PURE__ */ new Uint8ClampedArray(768);
	for (let e = 0; e < 256; e++) {
		let t = e === 128 ? 0 : .16 + .84 * Math.abs(ne(e)), n = e < 128 ? r : a;
		for (let r = 0; r < 3; r++) {
			let a = i[r] ?? 0;
			o[3 * e + r] = e === 0 ? 128 : a + t * ((n[r] ?? 0) - a);
		}
	}
	return o;
}
function ae(e) {
	return [
		1,
		3,
		5
	].map((t) => Number.parseInt(e.slice(t, t + 2), 16));
}
// src/panels/matrix.ts
var oe = class {
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
		let n = se(Math.floor(this.chosen / this.columns) + t[0], this.rows), r = se(this.chosen % this.columns + t[1], this.columns);
		this.choose(n * this.columns + r);
	}
	point(e) {
		let t = this.canvas.element.getBoundingClientRect(), n = se(Math.floor((e.clientX - t.left) / t.width * this.columns), this.columns), r = se(Math.floor((e.clientY - t.top) / t.height * this.rows), this.rows);
		this.choose(r * this.columns + n);
	}
	choose(e) {
		this.chosen = e, this.knob.choose(e), this.repaint();
	}
	show(e, t, n, r, i) {
		let a = this.leaf.offset ?? 0;
		this.values = t.subarray(a, a + this.rows * this.columns), this.theme = i;
		let o = a + this.chosen;
		this.knob.show(e, t[o] ?? 0, n?.[o] ?? null, r?.[o] ?? null), this.draw();
	}
	draw() {
		let e = this.canvas.begin();
		if (e === null || this.theme === null) return;
		let [t, n] = [this.canvas.width / this.columns, this.canvas.height / this.rows], r = +(Math.min(t, n) > 6), i = 1e-9;
		for (let e of this.values) Math.abs(e) > i && (i = Math.abs(e));
		for (let a = 0; a < this.values.length; a++) {
			let o = re((this.values[a] ?? 0) / i), [s, c, l] = [
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
function se(e, t) {
	return Math.min(t - 1, Math.max(0, e));
}
// src/panels/knobs.ts
var ce = 40, le = 4;
function ue(e, n) {
	let r = t("div", { class: "ml-knobs" }), i = t("input", {
		type: "search",
		placeholder: "Find a parameter",
		"aria-label": "Find a parameter"
	});
	i.setAttribute("data-lm-suppress-shortcuts", "");
	let a = t("p", {
		class: "ml-hint",
		hidden: !0
	}, "No parameter has that name."), o = f("Parameters", [], i, r, a);
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
		i.hidden = o <= ce, i.value = "", a.hidden = !0, s = t.leaves.map((t) => de(t, e, n, u)), r.replaceChildren(...fe(s, o <= ce));
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
function de(e, n, r, i) {
	let a = e.shape.reduce((e, t) => e * t, 1), { name: o, offset: s } = e;
	if (s === null) return {
		name: o,
		element: t("p", { class: "ml-leaf ml-hint" }, `${o}: ${e.shape.join(" × ")} numbers, too many to turn by hand`),
		show: () => void 0
	};
	if (a <= le) {
		let i = Array.from({ length: a }, (t, i) => new T(e, i, n, r));
		return {
			name: o,
			element: t("div", { class: "ml-leaf" }, ...i.map((e) => e.element)),
			show(e) {
				i.forEach((t, n) => {
					let r = s + n;
					t.show(e.header.heard, e.values[r] ?? 0, e.slopes?.[r] ?? null, e.ghostValues?.[r] ?? null);
				});
			}
		};
	}
	let c = new oe(e, n, r, i);
	return {
		name: o,
		element: t("div", { class: "ml-leaf" }, t("p", { class: "ml-leaf-name" }, o.slice(o.lastIndexOf(".") + 1), t("span", {}, e.shape.join(" × "))), c.element),
		show: (e, t) => c.show(e.header.heard, e.values, e.slopes, e.ghostValues, t)
	};
}
function fe(e, n) {
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
function pe(e) {
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
function me(e, t) {
	return e == null || t == null ? NaN : e < t ? -1 : e > t ? 1 : e >= t ? 0 : NaN;
}
function he(e, t) {
	return e == null || t == null ? NaN : t < e ? -1 : t > e ? 1 : t >= e ? 0 : NaN;
}
function ge(e) {
	let t, n, r;
	e.length === 2 ? (t = e === me || e === he ? e : _e, n = e, r = e) : (t = me, n = (t, n) => me(e(t), n), r = (t, n) => e(t) - n);
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
function _e() {
	return 0;
}
function ve(e) {
	return e === null ? NaN : +e;
}
var ye = ge(me), be = ye.right;
ye.left, ge(ve).center, Array.prototype.slice;
var xe = Math.sqrt(50), Se = Math.sqrt(10), Ce = Math.sqrt(2);
function we(e, t, n) {
	let r = (t - e) / Math.max(0, n), i = Math.floor(Math.log10(r)), a = r / 10 ** i, o = a >= xe ? 10 : a >= Se ? 5 : a >= Ce ? 2 : 1, s, c, l;
	return i < 0 ? (l = 10 ** -i / o, s = Math.round(e * l), c = Math.round(t * l), s / l < e && ++s, c / l > t && --c, l = -l) : (l = 10 ** i * o, s = Math.round(e / l), c = Math.round(t / l), s * l < e && ++s, c * l > t && --c), c < s && .5 <= n && n < 2 ? we(e, t, n * 2) : [
		s,
		c,
		l
	];
}
function Te(e, t, n) {
	if (t = +t, e = +e, n = +n, !(n > 0)) return [];
	if (e === t) return [e];
	let r = t < e, [i, a, o] = r ? we(t, e, n) : we(e, t, n);
	if (!(a >= i)) return [];
	let s = a - i + 1, c = Array(s);
	if (r) {
		if (o < 0) for (let e = 0; e < s; ++e) c[e] = (a - e) / -o;
		else for (let e = 0; e < s; ++e) c[e] = (a - e) * o;
	} else if (o < 0) for (let e = 0; e < s; ++e) c[e] = (i + e) / -o;
	else for (let e = 0; e < s; ++e) c[e] = (i + e) * o;
	return c;
}
function Ee(e, t, n) {
	return t = +t, e = +e, n = +n, we(e, t, n)[2];
}
function De(e, t, n) {
	t = +t, e = +e, n = +n;
	let r = t < e, i = r ? Ee(t, e, n) : Ee(e, t, n);
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
var A = .7, j = 1 / A, M = "\\s*([+-]?\\d+)\\s*", N = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)\\s*", P = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)%\\s*", Oe = /^#([0-9a-f]{3,8})$/, ke = RegExp(`^rgb\\(${M},${M},${M}\\)$`), Ae = RegExp(`^rgb\\(${P},${P},${P}\\)$`), je = RegExp(`^rgba\\(${M},${M},${M},${N}\\)$`), Me = RegExp(`^rgba\\(${P},${P},${P},${N}\\)$`), Ne = RegExp(`^hsl\\(${N},${P},${P}\\)$`), Pe = RegExp(`^hsla\\(${N},${P},${P},${N}\\)$`), Fe = {
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
D(k, Be, {
	copy(e) {
		return Object.assign(new this.constructor(), this, e);
	},
	displayable() {
		return this.rgb().displayable();
	},
	hex: Ie,
	formatHex: Ie,
	formatHex8: Le,
	formatHsl: Re,
	formatRgb: ze,
	toString: ze
});
function Ie() {
	return this.rgb().formatHex();
}
function Le() {
	return this.rgb().formatHex8();
}
function Re() {
	return Xe(this).formatHsl();
}
function ze() {
	return this.rgb().formatRgb();
}
function Be(e) {
	var t, n;
	return e = (e + "").trim().toLowerCase(), (t = Oe.exec(e)) ? (n = t[1].length, t = parseInt(t[1], 16), n === 6 ? Ve(t) : n === 3 ? new F(t >> 8 & 15 | t >> 4 & 240, t >> 4 & 15 | t & 240, (t & 15) << 4 | t & 15, 1) : n === 8 ? He(t >> 24 & 255, t >> 16 & 255, t >> 8 & 255, (t & 255) / 255) : n === 4 ? He(t >> 12 & 15 | t >> 8 & 240, t >> 8 & 15 | t >> 4 & 240, t >> 4 & 15 | t & 240, ((t & 15) << 4 | t & 15) / 255) : null) : (t = ke.exec(e)) ? new F(t[1], t[2], t[3], 1) : (t = Ae.exec(e)) ? new F(t[1] * 255 / 100, t[2] * 255 / 100, t[3] * 255 / 100, 1) : (t = je.exec(e)) ? He(t[1], t[2], t[3], t[4]) : (t = Me.exec(e)) ? He(t[1] * 255 / 100, t[2] * 255 / 100, t[3] * 255 / 100, t[4]) : (t = Ne.exec(e)) ? Ye(t[1], t[2] / 100, t[3] / 100, 1) : (t = Pe.exec(e)) ? Ye(t[1], t[2] / 100, t[3] / 100, t[4]) : Fe.hasOwnProperty(e) ? Ve(Fe[e]) : e === "transparent" ? new F(NaN, NaN, NaN, 0) : null;
}
function Ve(e) {
	return new F(e >> 16 & 255, e >> 8 & 255, e & 255, 1);
}
function He(e, t, n, r) {
	return r <= 0 && (e = t = n = NaN), new F(e, t, n, r);
}
function Ue(e) {
	return e instanceof k || (e = Be(e)), e ? (e = e.rgb(), new F(e.r, e.g, e.b, e.opacity)) : new F();
}
function We(e, t, n, r) {
	return arguments.length === 1 ? Ue(e) : new F(e, t, n, r ?? 1);
}
function F(e, t, n, r) {
	this.r = +e, this.g = +t, this.b = +n, this.opacity = +r;
}
D(F, We, O(k, {
	brighter(e) {
		return e = e == null ? j : j ** +e, new F(this.r * e, this.g * e, this.b * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? A : A ** +e, new F(this.r * e, this.g * e, this.b * e, this.opacity);
	},
	rgb() {
		return this;
	},
	clamp() {
		return new F(I(this.r), I(this.g), I(this.b), Je(this.opacity));
	},
	displayable() {
		return -.5 <= this.r && this.r < 255.5 && -.5 <= this.g && this.g < 255.5 && -.5 <= this.b && this.b < 255.5 && 0 <= this.opacity && this.opacity <= 1;
	},
	hex: Ge,
	formatHex: Ge,
	formatHex8: Ke,
	formatRgb: qe,
	toString: qe
}));
function Ge() {
	return `#${L(this.r)}${L(this.g)}${L(this.b)}`;
}
function Ke() {
	return `#${L(this.r)}${L(this.g)}${L(this.b)}${L((isNaN(this.opacity) ? 1 : this.opacity) * 255)}`;
}
function qe() {
	let e = Je(this.opacity);
	return `${e === 1 ? "rgb(" : "rgba("}${I(this.r)}, ${I(this.g)}, ${I(this.b)}${e === 1 ? ")" : `, ${e})`}`;
}
function Je(e) {
	return isNaN(e) ? 1 : Math.max(0, Math.min(1, e));
}
function I(e) {
	return Math.max(0, Math.min(255, Math.round(e) || 0));
}
function L(e) {
	return e = I(e), (e < 16 ? "0" : "") + e.toString(16);
}
function Ye(e, t, n, r) {
	return r <= 0 ? e = t = n = NaN : n <= 0 || n >= 1 ? e = t = NaN : t <= 0 && (e = NaN), new R(e, t, n, r);
}
function Xe(e) {
	if (e instanceof R) return new R(e.h, e.s, e.l, e.opacity);
	if (e instanceof k || (e = Be(e)), !e) return new R();
	if (e instanceof R) return e;
	e = e.rgb();
	var t = e.r / 255, n = e.g / 255, r = e.b / 255, i = Math.min(t, n, r), a = Math.max(t, n, r), o = NaN, s = a - i, c = (a + i) / 2;
	return s ? (o = t === a ? (n - r) / s + (n < r) * 6 : n === a ? (r - t) / s + 2 : (t - n) / s + 4, s /= c < .5 ? a + i : 2 - a - i, o *= 60) : s = c > 0 && c < 1 ? 0 : o, new R(o, s, c, e.opacity);
}
function Ze(e, t, n, r) {
	return arguments.length === 1 ? Xe(e) : new R(e, t, n, r ?? 1);
}
function R(e, t, n, r) {
	this.h = +e, this.s = +t, this.l = +n, this.opacity = +r;
}
D(R, Ze, O(k, {
	brighter(e) {
		return e = e == null ? j : j ** +e, new R(this.h, this.s, this.l * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? A : A ** +e, new R(this.h, this.s, this.l * e, this.opacity);
	},
	rgb() {
		var e = this.h % 360 + (this.h < 0) * 360, t = isNaN(e) || isNaN(this.s) ? 0 : this.s, n = this.l, r = n + (n < .5 ? n : 1 - n) * t, i = 2 * n - r;
		return new F(et(e >= 240 ? e - 240 : e + 120, i, r), et(e, i, r), et(e < 120 ? e + 240 : e - 120, i, r), this.opacity);
	},
	clamp() {
		return new R(Qe(this.h), $e(this.s), $e(this.l), Je(this.opacity));
	},
	displayable() {
		return (0 <= this.s && this.s <= 1 || isNaN(this.s)) && 0 <= this.l && this.l <= 1 && 0 <= this.opacity && this.opacity <= 1;
	},
	formatHsl() {
		let e = Je(this.opacity);
		return `${e === 1 ? "hsl(" : "hsla("}${Qe(this.h)}, ${$e(this.s) * 100}%, ${$e(this.l) * 100}%${e === 1 ? ")" : `, ${e})`}`;
	}
}));
function Qe(e) {
	return e = (e || 0) % 360, e < 0 ? e + 360 : e;
}
function $e(e) {
	return Math.max(0, Math.min(1, e || 0));
}
function et(e, t, n) {
	return (e < 60 ? t + (n - t) * e / 60 : e < 180 ? n : e < 240 ? t + (n - t) * (240 - e) / 60 : t) * 255;
}
var tt = Math.PI / 180, nt = 180 / Math.PI, rt = 18, it = .96422, at = 1, ot = .82521, st = 4 / 29, z = 6 / 29, ct = 3 * z * z, lt = z * z * z;
function ut(e) {
	if (e instanceof B) return new B(e.l, e.a, e.b, e.opacity);
	if (e instanceof V) return vt(e);
	e instanceof F || (e = Ue(e));
	var t = ht(e.r), n = ht(e.g), r = ht(e.b), i = ft((.2225045 * t + .7168786 * n + .0606169 * r) / at), a, o;
	return t === n && n === r ? a = o = i : (a = ft((.4360747 * t + .3850649 * n + .1430804 * r) / it), o = ft((.0139322 * t + .0971045 * n + .7141733 * r) / ot)), new B(116 * i - 16, 500 * (a - i), 200 * (i - o), e.opacity);
}
function dt(e, t, n, r) {
	return arguments.length === 1 ? ut(e) : new B(e, t, n, r ?? 1);
}
function B(e, t, n, r) {
	this.l = +e, this.a = +t, this.b = +n, this.opacity = +r;
}
D(B, dt, O(k, {
	brighter(e) {
		return new B(this.l + rt * (e ?? 1), this.a, this.b, this.opacity);
	},
	darker(e) {
		return new B(this.l - rt * (e ?? 1), this.a, this.b, this.opacity);
	},
	rgb() {
		var e = (this.l + 16) / 116, t = isNaN(this.a) ? e : e + this.a / 500, n = isNaN(this.b) ? e : e - this.b / 200;
		return t = it * pt(t), e = at * pt(e), n = ot * pt(n), new F(mt(3.1338561 * t - 1.6168667 * e - .4906146 * n), mt(-.9787684 * t + 1.9161415 * e + .033454 * n), mt(.0719453 * t - .2289914 * e + 1.4052427 * n), this.opacity);
	}
}));
function ft(e) {
	return e > lt ? e ** (1 / 3) : e / ct + st;
}
function pt(e) {
	return e > z ? e * e * e : ct * (e - st);
}
function mt(e) {
	return 255 * (e <= .0031308 ? 12.92 * e : 1.055 * e ** (1 / 2.4) - .055);
}
function ht(e) {
	return (e /= 255) <= .04045 ? e / 12.92 : ((e + .055) / 1.055) ** 2.4;
}
function gt(e) {
	if (e instanceof V) return new V(e.h, e.c, e.l, e.opacity);
	if (e instanceof B || (e = ut(e)), e.a === 0 && e.b === 0) return new V(NaN, 0 < e.l && e.l < 100 ? 0 : NaN, e.l, e.opacity);
	var t = Math.atan2(e.b, e.a) * nt;
	return new V(t < 0 ? t + 360 : t, Math.sqrt(e.a * e.a + e.b * e.b), e.l, e.opacity);
}
function _t(e, t, n, r) {
	return arguments.length === 1 ? gt(e) : new V(e, t, n, r ?? 1);
}
function V(e, t, n, r) {
	this.h = +e, this.c = +t, this.l = +n, this.opacity = +r;
}
function vt(e) {
	if (isNaN(e.h)) return new B(e.l, 0, 0, e.opacity);
	var t = e.h * tt;
	return new B(e.l, Math.cos(t) * e.c, Math.sin(t) * e.c, e.opacity);
}
D(V, _t, O(k, {
	brighter(e) {
		return new V(this.h, this.c, this.l + rt * (e ?? 1), this.opacity);
	},
	darker(e) {
		return new V(this.h, this.c, this.l - rt * (e ?? 1), this.opacity);
	},
	rgb() {
		return vt(this).rgb();
	}
}));
var yt = -.14861, bt = 1.78277, xt = -.29227, St = -.90649, H = 1.97294, Ct = H * St, wt = H * bt, Tt = bt * xt - St * yt;
function Et(e) {
	if (e instanceof U) return new U(e.h, e.s, e.l, e.opacity);
	e instanceof F || (e = Ue(e));
	var t = e.r / 255, n = e.g / 255, r = e.b / 255, i = (Tt * r + Ct * t - wt * n) / (Tt + Ct - wt), a = r - i, o = (H * (n - i) - xt * a) / St, s = Math.sqrt(o * o + a * a) / (H * i * (1 - i)), c = s ? Math.atan2(o, a) * nt - 120 : NaN;
	return new U(c < 0 ? c + 360 : c, s, i, e.opacity);
}
function Dt(e, t, n, r) {
	return arguments.length === 1 ? Et(e) : new U(e, t, n, r ?? 1);
}
function U(e, t, n, r) {
	this.h = +e, this.s = +t, this.l = +n, this.opacity = +r;
}
D(U, Dt, O(k, {
	brighter(e) {
		return e = e == null ? j : j ** +e, new U(this.h, this.s, this.l * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? A : A ** +e, new U(this.h, this.s, this.l * e, this.opacity);
	},
	rgb() {
		var e = isNaN(this.h) ? 0 : (this.h + 120) * tt, t = +this.l, n = isNaN(this.s) ? 0 : this.s * t * (1 - t), r = Math.cos(e), i = Math.sin(e);
		return new F(255 * (t + n * (yt * r + bt * i)), 255 * (t + n * (xt * r + St * i)), 255 * (t + H * r * n), this.opacity);
	}
}));
var Ot = (e) => () => e;
function kt(e, t) {
	return function(n) {
		return e + n * t;
	};
}
function At(e, t, n) {
	return e **= +n, t = t ** +n - e, n = 1 / n, function(r) {
		return (e + r * t) ** +n;
	};
}
function jt(e, t) {
	var n = t - e;
	return n ? kt(e, n > 180 || n < -180 ? n - 360 * Math.round(n / 360) : n) : Ot(isNaN(e) ? t : e);
}
function Mt(e) {
	return (e = +e) == 1 ? W : function(t, n) {
		return n - t ? At(t, n, e) : Ot(isNaN(t) ? n : t);
	};
}
function W(e, t) {
	var n = t - e;
	return n ? kt(e, n) : Ot(isNaN(e) ? t : e);
}
var Nt = (function e(t) {
	var n = Mt(t);
	function r(e, t) {
		var r = n((e = We(e)).r, (t = We(t)).r), i = n(e.g, t.g), a = n(e.b, t.b), o = W(e.opacity, t.opacity);
		return function(t) {
			return e.r = r(t), e.g = i(t), e.b = a(t), e.opacity = o(t), e + "";
		};
	}
	return r.gamma = e, r;
})(1);
function Pt(e, t) {
	t ||= [];
	var n = e ? Math.min(t.length, e.length) : 0, r = t.slice(), i;
	return function(a) {
		for (i = 0; i < n; ++i) r[i] = e[i] * (1 - a) + t[i] * a;
		return r;
	};
}
function Ft(e) {
	return ArrayBuffer.isView(e) && !(e instanceof DataView);
}
function It(e, t) {
	for (var n = t ? t.length : 0, r = e ? Math.min(n, e.length) : 0, i = Array(r), a = Array(n), o = 0; o < r; ++o) i[o] = Gt(e[o], t[o]);
	for (; o < n; ++o) a[o] = t[o];
	return function(e) {
		for (o = 0; o < r; ++o) a[o] = i[o](e);
		return a;
	};
}
function Lt(e, t) {
	var n = /* @__PURE__ */ new Date();
	return e = +e, t = +t, function(r) {
		return n.setTime(e * (1 - r) + t * r), n;
	};
}
function Rt(e, t) {
	return e = +e, t = +t, function(n) {
		return e * (1 - n) + t * n;
	};
}
function zt(e, t) {
	var n = {}, r = {}, i;
	for (i in typeof e == "object" && e || (e = {}), typeof t == "object" && t || (t = {}), t) i in e ? n[i] = Gt(e[i], t[i]) : r[i] = t[i];
	return function(e) {
		for (i in n) r[i] = n[i](e);
		return r;
	};
}
var Bt = /[-+]?(?:\d+\.?\d*|\.?\d+)(?:[eE][-+]?\d+)?/g, Vt = new RegExp(Bt.source, "g");
function Ht(e) {
	return function() {
		return e;
	};
}
function Ut(e) {
	return function(t) {
		return e(t) + "";
	};
}
function Wt(e, t) {
	var n = Bt.lastIndex = Vt.lastIndex = 0, r, i, a, o = -1, s = [], c = [];
	for (e += "", t += ""; (r = Bt.exec(e)) && (i = Vt.exec(t));) (a = i.index) > n && (a = t.slice(n, a), s[o] ? s[o] += a : s[++o] = a), (r = r[0]) === (i = i[0]) ? s[o] ? s[o] += i : s[++o] = i : (s[++o] = null, c.push({
		i: o,
		x: Rt(r, i)
	})), n = Vt.lastIndex;
	return n < t.length && (a = t.slice(n), s[o] ? s[o] += a : s[++o] = a), s.length < 2 ? c[0] ? Ut(c[0].x) : Ht(t) : (t = c.length, function(e) {
		for (var n = 0, r; n < t; ++n) s[(r = c[n]).i] = r.x(e);
		return s.join("");
	});
}
function Gt(e, t) {
	var n = typeof t, r;
	return t == null || n === "boolean" ? Ot(t) : (n === "number" ? Rt : n === "string" ? (r = Be(t)) ? (t = r, Nt) : Wt : t instanceof Be ? Nt : t instanceof Date ? Lt : Ft(t) ? Pt : Array.isArray(t) ? It : typeof t.valueOf != "function" && typeof t.toString != "function" || isNaN(t) ? zt : Rt)(e, t);
}
function Kt(e, t) {
	return e = +e, t = +t, function(n) {
		return Math.round(e * (1 - n) + t * n);
	};
}
var qt = 1e-12;
function Jt(e) {
	return ((e = Math.exp(e)) + 1 / e) / 2;
}
function Yt(e) {
	return ((e = Math.exp(e)) - 1 / e) / 2;
}
function Xt(e) {
	return ((e = Math.exp(2 * e)) - 1) / (e + 1);
}
(function e(t, n, r) {
	function i(e, i) {
		var a = e[0], o = e[1], s = e[2], c = i[0], l = i[1], u = i[2], d = c - a, f = l - o, p = d * d + f * f, m, h;
		if (p < qt) h = Math.log(u / s) / t, m = function(e) {
			return [
				a + e * d,
				o + e * f,
				s * Math.exp(t * e * h)
			];
		};
		else {
			var g = Math.sqrt(p), _ = (u * u - s * s + r * p) / (2 * s * n * g), v = (u * u - s * s - r * p) / (2 * u * n * g), y = Math.log(Math.sqrt(_ * _ + 1) - _);
			h = (Math.log(Math.sqrt(v * v + 1) - v) - y) / t, m = function(e) {
				var r = e * h, i = Jt(y), c = s / (n * g) * (i * Xt(t * r + y) - Yt(y));
				return [
					a + c * d,
					o + c * f,
					s * i / Jt(t * r + y)
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
function Zt(e) {
	return (function t(n) {
		n = +n;
		function r(t, r) {
			var i = e((t = Dt(t)).h, (r = Dt(r)).h), a = W(t.s, r.s), o = W(t.l, r.l), s = W(t.opacity, r.opacity);
			return function(e) {
				return t.h = i(e), t.s = a(e), t.l = o(e ** +n), t.opacity = s(e), t + "";
			};
		}
		return r.gamma = t, r;
	})(1);
}
Zt(jt), Zt(W);
// node_modules/d3-format/dist/d3-format.mjs
function Qt(e) {
	return Math.abs(e = Math.round(e)) >= 1e21 ? e.toLocaleString("en").replace(/,/g, "") : e.toString(10);
}
function $t(e, t) {
	if (!isFinite(e) || e === 0) return null;
	var n = (e = t ? e.toExponential(t - 1) : e.toExponential()).indexOf("e"), r = e.slice(0, n);
	return [r.length > 1 ? r[0] + r.slice(2) : r, +e.slice(n + 1)];
}
function G(e) {
	return e = $t(Math.abs(e)), e ? e[1] : NaN;
}
function en(e, t) {
	return function(n, r) {
		for (var i = n.length, a = [], o = 0, s = e[0], c = 0; i > 0 && s > 0 && (c + s + 1 > r && (s = Math.max(1, r - c)), a.push(n.substring(i -= s, i + s)), !((c += s + 1) > r));) s = e[o = (o + 1) % e.length];
		return a.reverse().join(t);
	};
}
function tn(e) {
	return function(t) {
		return t.replace(/[0-9]/g, function(t) {
			return e[+t];
		});
	};
}
var nn = /^(?:(.)?([<>=^]))?([+\-( ])?([$#])?(0)?(\d+)?(,)?(\.\d+)?(~)?([a-z%])?$/i;
function rn(e) {
	if (!(t = nn.exec(e))) throw Error("invalid format: " + e);
	var t;
	return new an({
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
rn.prototype = an.prototype;
function an(e) {
	this.fill = e.fill === void 0 ? " " : e.fill + "", this.align = e.align === void 0 ? ">" : e.align + "", this.sign = e.sign === void 0 ? "-" : e.sign + "", this.symbol = e.symbol === void 0 ? "" : e.symbol + "", this.zero = !!e.zero, this.width = e.width === void 0 ? void 0 : +e.width, this.comma = !!e.comma, this.precision = e.precision === void 0 ? void 0 : +e.precision, this.trim = !!e.trim, this.type = e.type === void 0 ? "" : e.type + "";
}
an.prototype.toString = function() {
	return this.fill + this.align + this.sign + this.symbol + (this.zero ? "0" : "") + (this.width === void 0 ? "" : Math.max(1, this.width | 0)) + (this.comma ? "," : "") + (this.precision === void 0 ? "" : "." + Math.max(0, this.precision | 0)) + (this.trim ? "~" : "") + this.type;
};
function on(e) {
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
var sn;
function cn(e, t) {
	var n = $t(e, t);
	if (!n) return sn = void 0, e.toPrecision(t);
	var r = n[0], i = n[1], a = i - (sn = Math.max(-8, Math.min(8, Math.floor(i / 3))) * 3) + 1, o = r.length;
	return a === o ? r : a > o ? r + Array(a - o + 1).join("0") : a > 0 ? r.slice(0, a) + "." + r.slice(a) : "0." + Array(1 - a).join("0") + $t(e, Math.max(0, t + a - 1))[0];
}
function ln(e, t) {
	var n = $t(e, t);
	if (!n) return e + "";
	var r = n[0], i = n[1];
	return i < 0 ? "0." + Array(-i).join("0") + r : r.length > i + 1 ? r.slice(0, i + 1) + "." + r.slice(i + 1) : r + Array(i - r.length + 2).join("0");
}
var un = {
	"%": (e, t) => (e * 100).toFixed(t),
	b: (e) => Math.round(e).toString(2),
	c: (e) => e + "",
	d: Qt,
	e: (e, t) => e.toExponential(t),
	f: (e, t) => e.toFixed(t),
	g: (e, t) => e.toPrecision(t),
	o: (e) => Math.round(e).toString(8),
	p: (e, t) => ln(e * 100, t),
	r: ln,
	s: cn,
	X: (e) => Math.round(e).toString(16).toUpperCase(),
	x: (e) => Math.round(e).toString(16)
};
function dn(e) {
	return e;
}
var fn = Array.prototype.map, pn = [
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
function mn(e) {
	var t = e.grouping === void 0 || e.thousands === void 0 ? dn : en(fn.call(e.grouping, Number), e.thousands + ""), n = e.currency === void 0 ? "" : e.currency[0] + "", r = e.currency === void 0 ? "" : e.currency[1] + "", i = e.decimal === void 0 ? "." : e.decimal + "", a = e.numerals === void 0 ? dn : tn(fn.call(e.numerals, String)), o = e.percent === void 0 ? "%" : e.percent + "", s = e.minus === void 0 ? "−" : e.minus + "", c = e.nan === void 0 ? "NaN" : e.nan + "";
	function l(e, l) {
		e = rn(e);
		var u = e.fill, d = e.align, f = e.sign, p = e.symbol, m = e.zero, h = e.width, g = e.comma, _ = e.precision, v = e.trim, y = e.type;
		y === "n" ? (g = !0, y = "g") : un[y] || (_ === void 0 && (_ = 12), v = !0, y = "g"), (m || u === "0" && d === "=") && (m = !0, u = "0", d = "=");
		var b = (l && l.prefix !== void 0 ? l.prefix : "") + (p === "$" ? n : p === "#" && /[boxX]/.test(y) ? "0" + y.toLowerCase() : ""), ee = (p === "$" ? r : /[%p]/.test(y) ? o : "") + (l && l.suffix !== void 0 ? l.suffix : ""), x = un[y], S = /[defgprs%]/.test(y);
		_ = _ === void 0 ? 6 : /[gprs]/.test(y) ? Math.max(1, Math.min(21, _)) : Math.max(0, Math.min(20, _));
		function C(e) {
			var n = b, r = ee, o, l, p;
			if (y === "c") r = x(e) + r, e = "";
			else {
				e = +e;
				var C = e < 0 || 1 / e < 0;
				if (e = isNaN(e) ? c : x(Math.abs(e), _), v && (e = on(e)), C && +e == 0 && f !== "+" && (C = !1), n = (C ? f === "(" ? f : s : f === "-" || f === "(" ? "" : f) + n, r = (y === "s" && !isNaN(e) && sn !== void 0 ? pn[8 + sn / 3] : "") + r + (C && f === "(" ? ")" : ""), S) {
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
		var n = Math.max(-8, Math.min(8, Math.floor(G(t) / 3))) * 3, r = 10 ** -n, i = l((e = rn(e), e.type = "f", e), { suffix: pn[8 + n / 3] });
		return function(e) {
			return i(r * e);
		};
	}
	return {
		format: l,
		formatPrefix: u
	};
}
var hn, gn, _n;
vn({
	thousands: ",",
	grouping: [3],
	currency: ["$", ""]
});
function vn(e) {
	return hn = mn(e), gn = hn.format, _n = hn.formatPrefix, hn;
}
function yn(e) {
	return Math.max(0, -G(Math.abs(e)));
}
function bn(e, t) {
	return Math.max(0, Math.max(-8, Math.min(8, Math.floor(G(t) / 3))) * 3 - G(Math.abs(e)));
}
function xn(e, t) {
	return e = Math.abs(e), t = Math.abs(t) - e, Math.max(0, G(t) - G(e)) + 1;
}
// node_modules/d3-scale/dist/d3-scale.mjs
function Sn(e, t) {
	switch (arguments.length) {
		case 0: break;
		case 1:
			this.range(e);
			break;
		default: this.range(t).domain(e);
	}
	return this;
}
function Cn(e) {
	return function() {
		return e;
	};
}
function wn(e) {
	return +e;
}
var Tn = [0, 1];
function K(e) {
	return e;
}
function En(e, t) {
	return (t -= e = +e) ? function(n) {
		return (n - e) / t;
	} : Cn(isNaN(t) ? NaN : .5);
}
function Dn(e, t) {
	var n;
	return e > t && (n = e, e = t, t = n), function(n) {
		return Math.max(e, Math.min(t, n));
	};
}
function On(e, t, n) {
	var r = e[0], i = e[1], a = t[0], o = t[1];
	return i < r ? (r = En(i, r), a = n(o, a)) : (r = En(r, i), a = n(a, o)), function(e) {
		return a(r(e));
	};
}
function kn(e, t, n) {
	var r = Math.min(e.length, t.length) - 1, i = Array(r), a = Array(r), o = -1;
	for (e[r] < e[0] && (e = e.slice().reverse(), t = t.slice().reverse()); ++o < r;) i[o] = En(e[o], e[o + 1]), a[o] = n(t[o], t[o + 1]);
	return function(t) {
		var n = be(e, t, 1, r) - 1;
		return a[n](i[n](t));
	};
}
function An(e, t) {
	return t.domain(e.domain()).range(e.range()).interpolate(e.interpolate()).clamp(e.clamp()).unknown(e.unknown());
}
function jn() {
	var e = Tn, t = Tn, n = Gt, r, i, a, o = K, s, c, l;
	function u() {
		var n = Math.min(e.length, t.length);
		return o !== K && (o = Dn(e[0], e[n - 1])), s = n > 2 ? kn : On, c = l = null, d;
	}
	function d(i) {
		return i == null || isNaN(i = +i) ? a : (c ||= s(e.map(r), t, n))(r(o(i)));
	}
	return d.invert = function(n) {
		return o(i((l ||= s(t, e.map(r), Rt))(n)));
	}, d.domain = function(t) {
		return arguments.length ? (e = Array.from(t, wn), u()) : e.slice();
	}, d.range = function(e) {
		return arguments.length ? (t = Array.from(e), u()) : t.slice();
	}, d.rangeRound = function(e) {
		return t = Array.from(e), n = Kt, u();
	}, d.clamp = function(e) {
		return arguments.length ? (o = e ? !0 : K, u()) : o !== K;
	}, d.interpolate = function(e) {
		return arguments.length ? (n = e, u()) : n;
	}, d.unknown = function(e) {
		return arguments.length ? (a = e, d) : a;
	}, function(e, t) {
		return r = e, i = t, u();
	};
}
function Mn() {
	return jn()(K, K);
}
function Nn(e, t, n, r) {
	var i = De(e, t, n), a;
	switch (r = rn(r ?? ",f"), r.type) {
		case "s":
			var o = Math.max(Math.abs(e), Math.abs(t));
			return r.precision == null && !isNaN(a = bn(i, o)) && (r.precision = a), _n(r, o);
		case "":
		case "e":
		case "g":
		case "p":
		case "r":
			r.precision == null && !isNaN(a = xn(i, Math.max(Math.abs(e), Math.abs(t)))) && (r.precision = a - (r.type === "e"));
			break;
		case "f":
		case "%": r.precision == null && !isNaN(a = yn(i)) && (r.precision = a - (r.type === "%") * 2);
	}
	return gn(r);
}
function Pn(e) {
	var t = e.domain;
	return e.ticks = function(e) {
		var n = t();
		return Te(n[0], n[n.length - 1], e ?? 10);
	}, e.tickFormat = function(e, n) {
		var r = t();
		return Nn(r[0], r[r.length - 1], e ?? 10, n);
	}, e.nice = function(n) {
		n ??= 10;
		var r = t(), i = 0, a = r.length - 1, o = r[i], s = r[a], c, l, u = 10;
		for (s < o && (l = o, o = s, s = l, l = i, i = a, a = l); u-- > 0;) {
			if (l = Ee(o, s, n), l === c) return r[i] = o, r[a] = s, t(r);
			if (l > 0) o = Math.floor(o / l) * l, s = Math.ceil(s / l) * l;
			else if (l < 0) o = Math.ceil(o * l) / l, s = Math.floor(s * l) / l;
			else break;
			c = l;
		}
		return e;
	}, e;
}
function q() {
	var e = Mn();
	return e.copy = function() {
		return An(e, q());
	}, Sn.apply(e, arguments), Pn(e);
}
// src/drawing/plot.ts
function Fn(e, t, [n, r], [i, a], o, s = !1) {
	let { width: c, height: l, left: u, bottom: d, top: f, right: p } = t, m = q([n, r], [u, c - p]), h = q([i, a], [l - d, f]);
	e.font = "11px system-ui, sans-serif", e.fillStyle = o.faint, e.strokeStyle = o.rule, e.lineWidth = 1, e.beginPath(), e.moveTo(u, Math.round(h(i)) + .5), e.lineTo(c - p, Math.round(h(i)) + .5), e.stroke(), e.textBaseline = "top", e.textAlign = "center";
	for (let t of m.ticks(5)) (!s || Number.isInteger(t)) && e.fillText(_(t), m(t), h(i) + 5);
	e.textAlign = "right", e.textBaseline = "middle";
	for (let t of h.ticks(3)) e.fillText(_(t), u - 6, h(t));
	return {
		x: m,
		y: h
	};
}
function J(e, t, n) {
	e.beginPath();
	let r = !1;
	for (let i = 0; i < t; i++) {
		let [t, a] = n(i);
		!Number.isFinite(t) || !Number.isFinite(a) ? r = !1 : r ? e.lineTo(t, a) : (e.moveTo(t, a), r = !0);
	}
	e.stroke();
}
function In(e, t = Infinity) {
	let [n, r] = [t, -Infinity];
	for (let t of e) Number.isFinite(t) && (t < n && (n = t), t > r && (r = t));
	if (!(n <= r)) return [0, 1];
	let i = r > n ? .05 * (r - n) : .5;
	return [n === t ? n : n - i, r + i];
}
// src/panels/margin.ts
function Ln() {
	let e = null, n = null, r = new E("Point loss against margin, one mark a point", a), i = f("Point loss", [t("span", { class: "ml-hint" }, "against the margin y·m(x)")], r.element);
	function a() {
		let t = r.begin();
		if (t === null || e === null || n === null) return;
		let { pointLoss: i, labels: a, scores: o, losses: s, held: c } = e, l = i === null ? 4 : Math.max(1.5, Math.min(6, Math.max(...i))), { x: u, y: d } = Fn(t, {
			width: r.width,
			height: r.height,
			left: 34,
			right: 8,
			top: 16,
			bottom: 20
		}, [-3, 3], [0, l], n);
		if (t.strokeStyle = n.rule, t.beginPath(), t.moveTo(u(0), d(0)), t.lineTo(u(0), d(l)), t.stroke(), t.save(), t.beginPath(), t.rect(30, 4, r.width - 34, r.height - 22), t.clip(), i !== null) {
			t.strokeStyle = n.accent, t.lineWidth = 2;
			let e = i.length - 1;
			J(t, i.length, (t) => [u(3 - 6 * t / e), d(i[t] ?? 0)]);
		}
		t.globalAlpha = .75;
		for (let e = 0; e < a.length; e++) {
			if (c[e]) continue;
			let r = a[e] ?? 0, i = u(Math.min(3, Math.max(-3, r * (o[e] ?? 0)))), f = d(Math.min(l, s[e] ?? 0));
			t.fillStyle = r > 0 ? n.positive : n.negative, t.beginPath(), r > 0 ? t.arc(i, f, 3, 0, 2 * Math.PI) : t.rect(i - 2.7, f - 2.7, 5.4, 5.4), t.fill();
		}
		t.restore();
	}
	return {
		element: i,
		update(t, r) {
			e = t, n = r, a();
		}
	};
}
// src/panels/model.ts
var Rn = 128, zn = 6;
function Bn(e) {
	let n = i("Model", (t) => e({
		type: "build",
		model: t
	})), s = t("div", {
		class: "ml-layers",
		role: "group",
		"aria-label": "Hidden layers"
	});
	return {
		element: f("Model", [], r("Kind", n), s),
		update({ header: t, catalogue: r }) {
			let { settings: i } = t;
			a(n, r.models.map((e) => [e, e]), i.model), s.hidden = i.model !== "mlp";
			let c = JSON.stringify([i.hidden, i.activations]);
			s.dataset.key !== c && (s.dataset.key = c, s.replaceChildren(...i.hidden.map((t, n) => Vn(n, t, i, r.activations, e)), o("Add a layer", () => e({
				type: "build",
				hidden: [...i.hidden, 8],
				activations: [...i.activations, i.activations.at(-1) ?? "relu"]
			}), {
				disabled: i.hidden.length >= zn,
				class: "ml-quiet"
			})));
		}
	};
}
function Vn(e, n, r, s, c) {
	let { hidden: l, activations: u } = r, d = t("input", {
		type: "number",
		min: 1,
		max: Rn,
		value: n,
		"aria-label": `Width of layer ${e + 1}`
	});
	d.setAttribute("data-lm-suppress-shortcuts", ""), d.addEventListener("change", () => {
		let t = Math.min(Rn, Math.max(1, Math.round(d.valueAsNumber || n)));
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
function Hn(e) {
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
var Y = document.createElement("canvas");
function Un(e, t, n) {
	let r = Math.floor(e.length / t);
	Y.width = t, Y.height = r;
	let i = Y.getContext("2d");
	if (i === null) return Y;
	let a = i.createImageData(t, r), o = a.data;
	for (let t = 0; t < e.length; t++) {
		let r = 3 * (e[t] ?? 0);
		o[4 * t] = n[r] ?? 0, o[4 * t + 1] = n[r + 1] ?? 0, o[4 * t + 2] = n[r + 2] ?? 0, o[4 * t + 3] = 255;
	}
	return i.putImageData(a, 0, 0), Y;
}
// src/drawing/separator.ts
var Wn = 128, Gn = Float64Array.from({ length: 256 }, (e, t) => ne(t));
function Kn(e, t, n, r) {
	let i = [], a = Math.floor(e.length / t), o = (e) => ((e + .5) * n / t).toFixed(2), s = (e) => ((e + .5) * r / a).toFixed(2);
	for (let n = 0; n + 1 < a; n++) for (let r = 0; r + 1 < t; r++) {
		let a = n * t + r, c = e[a] ?? 0, l = e[a + 1] ?? 0, u = e[a + t + 1] ?? 0, d = e[a + t] ?? 0, f = Number(c > Wn) | Number(l > Wn) << 1 | Number(u > Wn) << 2 | Number(d > Wn) << 3;
		if (f === 0 || f === 15 || c * l * u * d === 0) continue;
		let p = (e, t) => {
			let [n, r] = [Gn[e] ?? 0, Gn[t] ?? 0];
			return -n / (r - n);
		}, m = () => `${o(r + p(c, l))} ${s(n)}`, h = () => `${o(r + 1)} ${s(n + p(l, u))}`, g = () => `${o(r + p(d, u))} ${s(n + 1)}`, _ = () => `${o(r)} ${s(n + p(c, d))}`;
		for (let [e, t] of qn[f] ?? []) {
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
var qn = [
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
function Jn(e, t, n) {
	let { low: r, high: i } = e.axes, [a, o] = e.line === null ? [r[1], i[1]] : Yn(e);
	return {
		x: q([r[0], i[0]], [0, t]),
		y: q([a, o], [n, 0])
	};
}
function Yn(e) {
	let t = Math.max(1.5, ...(e.line ?? []).map(Math.abs).filter(Number.isFinite));
	return [-1.1 * t, 1.1 * t];
}
function Xn(e, t, n) {
	let [, r] = t.x.range(), [i] = t.y.range(), a = [];
	if (e.line !== null && a.push(...Zn(e.line, t, n)), e.ghost !== null && e.line === null) {
		let t = Math.round(Math.sqrt(e.ghost.length)), o = Kn(e.ghost, t, r, i);
		a.push({
			path: o,
			stroke: n.ink,
			width: 1.25,
			dash: [4, 4]
		});
	}
	if (e.heat !== null) {
		let t = Kn(e.heat, e.resolution, r, i);
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
	return a.push(...$n(e, t, n)), a;
}
function Zn(e, { x: t, y: n }, r) {
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
var Qn = 4.5;
function $n(e, { x: t, y: n }, r) {
	let i = {
		positive: "",
		negative: ""
	}, a = {
		positive: "",
		negative: ""
	}, o = {
		positive: "",
		negative: ""
	}, s = {
		solid: "",
		hollow: ""
	};
	for (let r = 0; r < e.labels.length; r++) {
		let c = e.scores[r] ?? 0, l = e.labels[r] ?? 0, u = t(e.places[2 * r] ?? 0), d = n(e.line === null ? e.places[2 * r + 1] ?? 0 : l), f = l > 0 ? "positive" : "negative", p = l > 0 ? tr(u, d, Qn) : nr(u, d, 4.1);
		e.held[r] ? a[f] += p : i[f] += p;
		let m = er(e.losses[r] ?? 0);
		m > 7.5 && (o[f] += tr(u, d, m)), c > 0 != l > 0 && (s[e.held[r] ? "hollow" : "solid"] += rr(u, d, 2));
	}
	return [
		{
			path: o.negative,
			stroke: r.negative,
			width: 1
		},
		{
			path: o.positive,
			stroke: r.positive,
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
			path: s.hollow,
			stroke: r.ink,
			width: 1.5
		},
		{
			path: s.solid,
			stroke: r.paper,
			width: 1.5
		}
	].filter((e) => e.path !== "");
}
function er(e) {
	return Number.isFinite(e) ? Qn + Math.min(14, 5.5 * Math.sqrt(Math.max(0, e))) : 18;
}
function tr(e, t, n) {
	return `M${(e + n).toFixed(1)} ${t.toFixed(1)}a${n} ${n} 0 1 1 ${-2 * n} 0a${n} ${n} 0 1 1 ${2 * n} 0Z`;
}
function nr(e, t, n) {
	return `M${(e - n).toFixed(1)} ${(t - n).toFixed(1)}h${2 * n}v${2 * n}h${-2 * n}Z`;
}
function rr(e, t, n) {
	return `M${e - n} ${t - n}l${2 * n} ${2 * n}M${e + n} ${t - n}l${-2 * n} ${2 * n}`;
}
function ir(e, t) {
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
function ar(e) {
	let r = null, i = null, a = null, o = new E("The data and the model's score", d), s = t("div", {
		class: "ml-picture",
		tabindex: 0,
		role: "application"
	}, o.element), c = "Click adds a point of class +1, shift-click of class −1, alt-click removes. By keyboard: arrow keys move the pointer, 1 and 2 add, Delete removes.";
	s.setAttribute("aria-label", `Picture of the data. ${c}`);
	let l = t("p", {
		class: "ml-pointer",
		title: c
	}), u = t("div", {}, s, l);
	function d() {
		let e = o.begin();
		if (e === null || r === null || i === null) return;
		let t = o.width - X.left - X.right, n = o.height - X.top - X.bottom;
		a = Jn(r, t, n), e.save(), e.translate(X.left, X.top), cr(e, r, a, i, t, n), e.beginPath(), e.rect(0, 0, t, n), e.clip(), r.heat !== null && (e.imageSmoothingEnabled = !0, e.imageSmoothingQuality = "high", e.drawImage(Un(r.heat, r.resolution, i.ramp), 0, 0, t, n)), ir(e, Xn(r, a, i)), lr(e, r, a, i), e.restore();
	}
	let f = !1, p = null;
	function m() {
		f || (f = !0, requestAnimationFrame(() => {
			f = !1, e(p === null ? { type: "probe" } : {
				type: "probe",
				u: p[0],
				v: p[1]
			});
		}));
	}
	function h(e) {
		if (a === null) return null;
		let t = o.element.getBoundingClientRect(), [n, r] = [e.clientX - t.left - X.left, e.clientY - t.top - X.top], [, i] = a.x.range(), [s] = a.y.range();
		return n < 0 || r < 0 || n > i || r > s ? null : [a.x.invert(n), a.y.invert(r)];
	}
	o.element.addEventListener("pointermove", (e) => {
		p = h(e), m();
	}), o.element.addEventListener("pointerleave", () => {
		p = null, m();
	}), o.element.addEventListener("click", (e) => {
		let t = h(e);
		t !== null && g(t, e.altKey ? 0 : e.shiftKey ? -1 : 1);
	});
	function g([t, n], i) {
		if (i === 0) {
			let i = r === null || a === null ? -1 : sr(r, a, t, n);
			i >= 0 && e({
				type: "remove",
				row: i
			});
		} else r?.line === null ? e({
			type: "add",
			u: t,
			v: n,
			label: i
		}) : e({
			type: "add",
			u: t,
			v: 0,
			label: i
		});
	}
	return s.addEventListener("keydown", (e) => {
		if (r === null) return;
		let { low: t, high: n } = r.axes, i = p ?? [(t[0] + n[0]) / 2, (t[1] + n[1]) / 2], a = e.shiftKey ? .1 : .02, [o, s] = [a * (n[0] - t[0]), a * (n[1] - t[1])], c = {
			ArrowLeft: [-o, 0],
			ArrowRight: [o, 0],
			ArrowUp: [0, s],
			ArrowDown: [0, -s]
		}[e.key];
		if (c !== void 0) p = [Math.min(n[0], Math.max(t[0], i[0] + c[0])), Math.min(n[1], Math.max(t[1], i[1] + c[1]))], m();
		else if (e.key === "1" || e.key === "2") g(i, e.key === "1" ? 1 : -1);
		else if (e.key === "Delete" || e.key === "Backspace") g(i, 0);
		else return;
		e.preventDefault();
	}), {
		element: u,
		update(e, t) {
			r = e, i = t, n(l, or(e)), d();
		}
	};
}
function or({ header: e, axes: t }) {
	let n = e.probe;
	if (n === void 0) return "Point for the score. Click, shift-click, alt-click change the points.";
	let [r, i] = t.labels;
	return `${r} ${v(n.u, 2)}   ${i} ${v(n.v, 2)}   m(x) ${_(n.score)}   ∂m/∂x (${_(n.slope[0])}, ${_(n.slope[1])})`;
}
function sr(e, { x: t, y: n }, r, i) {
	let a = -1, o = 18;
	for (let s = 0; s < e.labels.length; s++) {
		let c = t(e.places[2 * s] ?? 0) - t(r), l = e.line === null ? e.places[2 * s + 1] ?? 0 : e.labels[s] ?? 0, u = Math.hypot(c, n(l) - n(i));
		u < o && (o = u, a = s);
	}
	return a;
}
function cr(e, t, { x: n, y: r }, i, a, o) {
	e.font = "12px system-ui, sans-serif", e.fillStyle = i.faint, e.textAlign = "center", e.textBaseline = "top";
	for (let t of n.ticks(5)) e.fillText(_(t), n(t), o + 6);
	e.fillText(t.axes.labels[0], a / 2, o + 21), e.textAlign = "right", e.textBaseline = "middle";
	for (let t of r.ticks(5)) e.fillText(_(t), -6, r(t));
	e.save(), e.translate(-34, o / 2), e.rotate(-Math.PI / 2), e.textAlign = "center", e.fillText(t.line === null ? t.axes.labels[1] : "score m(x), label y", 0, 0), e.restore();
}
function lr(e, t, { x: n, y: r }, i) {
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
function ur() {
	let e = {
		loss: t("dd"),
		full: t("dd"),
		test: t("dd"),
		accuracy: t("dd")
	}, r = {
		train: t("dt"),
		test: t("dt"),
		accuracy: t("dt")
	}, i = t("dl", { class: "ml-numbers" }, t("div", {}, r.train, e.loss), t("div", {}, r.test, e.test), t("div", {}, t("dt", {}, "Full loss, their sum"), e.full), t("div", {}, r.accuracy, e.accuracy)), a = dr();
	return {
		element: t("div", { class: "ml-readout" }, i, a.element),
		update(t) {
			let { train: i, test: o, full: s } = t.header;
			n(r.train, `Training loss, ${i.points} points`), n(r.test, `Test loss, ${o.points} points`), n(r.accuracy, o.points > 0 ? "Test accuracy" : "Training accuracy"), n(e.loss, v(i.loss)), n(e.full, v(s, 2)), n(e.test, v(o.loss)), n(e.accuracy, b(o.points > 0 ? o.accuracy : i.accuracy)), a.update(t);
		}
	};
}
function dr() {
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
function fr(e) {
	let t = pr("at step", 1, (t) => e({
		type: "tune",
		stop_step: t === null ? null : Math.round(t)
	})), n = pr("loss ≤", .01, (t) => e({
		type: "tune",
		stop_loss: t
	})), r = pr("accuracy ≥", 1, (t) => e({
		type: "tune",
		stop_accuracy: t === null ? null : Math.min(1, Math.max(0, t / 100))
	}));
	return {
		element: f("Pause when", [], t.element, n.element, r.element),
		update({ header: { settings: e } }) {
			t.show(e.stop_step), n.show(e.stop_loss), r.show(e.stop_accuracy === null ? null : 100 * e.stop_accuracy);
		}
	};
}
function pr(e, n, i) {
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
function mr(e, t, n) {
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
function hr(e, t) {
	let n = Jn(e, Z, Z), [r, i] = [Z + Q.left + Q.right, Z + Q.top + Q.bottom], a = e.heat === null ? "" : `<image href="${Un(e.heat, e.resolution, t.ramp).toDataURL()}" width="${Z}" height="${Z}" preserveAspectRatio="none"/>`, o = Xn(e, n, t).map(({ path: e, fill: t, stroke: n, width: r, dash: i }) => `<path d="${e}" fill="${t ?? "none"}" stroke="${n ?? "none"}" stroke-width="${r ?? 1}" stroke-dasharray="${i?.join(" ") ?? "none"}"/>`), s = (e, t, n, r, i = "") => `<text x="${e.toFixed(1)}" y="${t.toFixed(1)}" text-anchor="${n}"${i}>${_r(r)}</text>`, [c, l] = e.axes.labels, u = [
		...n.x.ticks(5).map((e) => s(n.x(e), 620, "middle", _(e))),
		...n.y.ticks(5).map((e) => s(-8, n.y(e) + 4, "end", _(e))),
		s(Z / 2, 640, "middle", c),
		s(0, 0, "middle", e.line === null ? l : "score", ` transform="translate(-42 ${Z / 2}) rotate(-90)"`)
	];
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${r} ${i}" width="${r}" height="${i}" font-family="system-ui, sans-serif" font-size="13"><rect width="100%" height="100%" fill="${t.paper}"/><clipPath id="frame"><rect width="${Z}" height="${Z}"/></clipPath><g transform="translate(${Q.left} ${Q.top})"><g clip-path="url(#frame)">${a}${o.join("")}</g><g fill="${t.ink}">${u.join("")}</g></g></svg>`;
}
function gr(e, t, n) {
	let r = new Image();
	r.addEventListener("load", () => {
		let t = document.createElement("canvas");
		t.width = 2 * r.width, t.height = 2 * r.height, t.getContext("2d")?.drawImage(r, 0, 0, t.width, t.height), t.toBlob((t) => {
			t !== null && mr(e, "image/png", t);
		});
	}), r.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(hr(t, n))}`;
}
function _r(e) {
	return e.replace(/[&<>"]/g, (e) => `&#${e.charCodeAt(0)};`);
}
// src/panels/share.ts
function vr(e) {
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
			n !== null && mr("picture.svg", "image/svg+xml", hr(...n));
		}),
		a("Picture (PNG)", () => {
			n !== null && gr("picture.png", ...n);
		}),
		a("Replay (HTML)", () => e({
			type: "export",
			what: "replay"
		})),
		a("Copy the link", () => {
			n !== null && navigator.clipboard.writeText(yr(n[0]));
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
			r !== void 0 && i !== null && mr(r[0], r[1], i);
		}
	};
}
function yr(e) {
	let t = new URL(location.href);
	return t.hash = e.link, t.href;
}
// src/panels/knob-select.ts
function br(e, t) {
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
var $ = 40, xr = 20;
function Sr(e) {
	let n = null, r = null, i = new E("Loss over two parameters, with the path walked", c), a = br("Second parameter of the loss map", (t) => {
		n !== null && e({
			type: "look",
			knobs: [n.header.view.knobs[0], t]
		});
	}), o = t("span", { class: "ml-mono" }), s = f("Loss over", [
		o,
		"and",
		a.element
	], i.element);
	function c() {
		let e = i.begin();
		if (e === null || n === null || r === null) return;
		let t = n.surfaceRange;
		if (t === null || n.surface === null) return;
		let [a, o, s, c, l] = t, { width: u, height: d } = i, f = q([a, o], [$, u - 8]), p = q([s, c], [d - xr, 6]);
		e.imageSmoothingEnabled = !0;
		let m = Un(Cr(n.surface), l, r.ramp);
		e.drawImage(m, $, 6, u - 8 - $, d - xr - 6), e.font = "11px system-ui, sans-serif", e.fillStyle = r.faint, e.textAlign = "center", e.textBaseline = "top";
		for (let t of f.ticks(5)) e.fillText(_(t), f(t), d - xr + 5);
		e.textAlign = "right", e.textBaseline = "middle";
		for (let t of p.ticks(3)) e.fillText(_(t), 34, p(t));
		let { path: h, values: g, header: v } = n;
		e.save(), e.beginPath(), e.rect($, 6, u - 8 - $, d - xr - 6), e.clip(), e.strokeStyle = r.ink, e.lineWidth = 1.5, e.lineJoin = "round", J(e, h.length / 2, (e) => [f(h[2 * e] ?? 0), p(h[2 * e + 1] ?? 0)]);
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
function Cr(e) {
	let [t, n] = [Infinity, -Infinity];
	for (let r of e) Number.isFinite(r) && (r < t && (t = r), r > n && (n = r));
	let r = new Uint8Array(e.length);
	return e.forEach((e, i) => {
		if (!Number.isFinite(e)) return;
		let a = n > t ? Math.sqrt((e - t) / (n - t)) : 0;
		r[i] = Math.max(129, re(a));
	}), r;
}
// src/panels/sweep.ts
function wr(e) {
	let t = null, n = null, r = new E("Loss along one parameter", o), i = br("Parameter along which the loss is drawn", (n) => {
		t !== null && e({
			type: "look",
			knobs: [n, t.header.view.knobs[1]]
		});
	}), a = f("Loss along", [i.element], r.element);
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
		}, [, f] = In(c, 0), { x: p, y: m } = Fn(e, d, [l, u], [Math.min(0, ...c), f], n);
		e.strokeStyle = n.accent, e.lineWidth = 2, J(e, s, (e) => [p(i[2 * e] ?? 0), m(c[e] ?? NaN)]);
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
var Tr = 44, Er = 8;
function Dr(e) {
	let r = null, i = null, a = null, o = null, s = new E("Loss over the history", _), c = t("input", {
		type: "range",
		min: 0,
		max: 0,
		step: 1,
		"aria-label": "Moment"
	});
	c.setAttribute("data-lm-suppress-shortcuts", "");
	let l = 0;
	c.addEventListener("input", () => {
		l = e({
			type: "seek",
			at: c.valueAsNumber
		});
	});
	let u = t("span", { class: "ml-where" }), d = t("span", { class: "ml-branches" }), p = t("span"), m = t("span"), h = f("Loss over time", [
		t("span", { class: "ml-legend" }, t("i", { class: "ml-line" }), p, t("i", { class: "ml-line ml-test" }), m),
		d,
		u
	], s.element, c);
	h.classList.add("ml-time"), s.element.addEventListener("pointermove", (e) => {
		a = g(e), _();
	}), s.element.addEventListener("pointerleave", () => {
		a = null, _();
	}), s.element.addEventListener("click", (t) => {
		let n = g(t);
		n !== null && e({
			type: "seek",
			at: n
		});
	});
	function g(e) {
		if (o === null || r === null) return null;
		let t = s.element.getBoundingClientRect(), n = Math.round(o.x.invert(e.clientX - t.left));
		return Math.min(r.header.count - 1, Math.max(0, n));
	}
	function _() {
		let e = s.begin();
		if (e === null || r === null || i === null) return;
		let { train: t, test: n, header: c } = r, l = Math.max(1, t.length - 1);
		o = Fn(e, {
			width: s.width,
			height: s.height,
			left: Tr,
			right: Er,
			top: 8,
			bottom: 20
		}, [0, l], kr(r), i, !0);
		let { x: u, y: d } = o;
		e.save(), e.beginPath(), e.rect(Tr, 0, s.width - Tr - Er, s.height - 18), e.clip(), e.lineJoin = "round", e.lineWidth = 1.5, e.strokeStyle = i.test, Mr(e, n.values, o), e.strokeStyle = i.accent, e.lineWidth = 2, jr(e, t.values, o);
		for (let t of c.marks ?? []) t.at !== null && (e.fillStyle = i.ink, e.fillRect(u(t.at) - .5, 8, 1, 8), e.beginPath(), e.arc(u(t.at), 8, 3, 0, 2 * Math.PI), e.fill());
		c.compared !== void 0 && Ar(e, u(c.compared), i.ink, [4, 4]), Ar(e, u(c.at), i.ink);
		let f = a ?? c.at;
		for (let [r, a] of [[n, i.test], [t, i.accent]]) {
			let t = r.at(f);
			Number.isFinite(t) && (e.fillStyle = a, e.beginPath(), e.arc(u(f), d(t), 3.5, 0, 2 * Math.PI), e.fill());
		}
		a !== null && Ar(e, u(a), i.faint, [2, 3]), e.restore(), y(r, f);
	}
	function y(e, t) {
		n(p, `training ${v(e.train.at(t), 4)}`), n(m, `test ${v(e.test.at(t), 4)}`), n(u, `moment ${t} of ${e.header.count - 1}`);
	}
	return {
		element: h,
		update(t, n) {
			r = t, i = n;
			let { header: a } = t;
			c.max = String(a.count - 1), c.disabled = a.count < 2, a.heard >= l && (c.value = String(a.at)), c.setAttribute("aria-valuetext", `moment ${a.at}, step ${a.step}`), Or(d, a.forks ?? [], e), _();
		}
	};
}
function Or(e, t, n) {
	let r = t.join();
	e.dataset.forks !== r && (e.dataset.forks = r, e.replaceChildren(...t.map((e, t) => o(`Branch ${t + 1}`, () => n({
		type: "switch",
		branch: t
	}), {
		title: `Go back to the branch of ${e} moments that was left`,
		class: "ml-quiet"
	}))));
}
function kr(e) {
	let [t, n] = [0, 0];
	for (let r of [e.train.values, e.test.values]) for (let e of r) Number.isFinite(e) && (e > n && (n = e), e < t && (t = e));
	let r = e.train.at(0), i = Number.isFinite(r) && r > 0 ? 20 * r : n;
	return [t, Math.min(n, i) * 1.05 || 1];
}
function Ar(e, t, n, r = []) {
	e.strokeStyle = n, e.lineWidth = 1, e.setLineDash(r), e.beginPath(), e.moveTo(Math.round(t) + .5, 0), e.lineTo(Math.round(t) + .5, 1e3), e.stroke(), e.setLineDash([]);
}
function jr(e, t, { x: n, y: r }) {
	let [i, a] = n.range(), o = Math.floor(t.length / (a - i));
	if (o < 2) {
		J(e, t.length, (e) => [n(e), r(t[e] ?? NaN)]);
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
	J(e, c.length, (e) => [n(Math.floor(e / 2) * o), r(c[e] ?? NaN)]);
}
function Mr(e, t, { x: n, y: r }) {
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
function Nr(e) {
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
function Pr(e) {
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
// src/mount.ts
function Fr(n, r) {
	let i = new C(), { live: a } = r, s = 0, c = (e) => (r.send(e), s += 1, a ? s : 0), l = Nr(c), d = {
		bar: u(c, a),
		lesson: pe(c),
		data: p(c),
		model: Bn(c),
		rules: fr(c),
		knobs: ue(c, a),
		view: Pr(c),
		picture: ar(c),
		readout: ur(),
		margin: Ln(),
		sweep: wr(c),
		surface: Sr(c),
		time: Dr(c),
		moments: Hn(c),
		share: vr(c),
		told: l
	}, f = o("The lecture", () => c({
		type: "lesson",
		index: 0
	})), h = t("div", {
		class: "ml-root",
		"data-live": a
	}, t("header", { class: "ml-header" }, t("h1", {}, "miniml", t("span", {}, a ? "playground" : "replay")), d.bar.element, t("div", { class: "ml-buttons" }, ...a ? [f, d.share.element] : []), t("div", { class: "ml-second" }, ...a ? [d.bar.fields, d.moments.element] : [])), l.element, d.lesson.element, t("main", { class: "ml-main" }, t("div", { class: "ml-column ml-choices" }, ...a ? [d.data.element, d.model.element] : [], d.knobs.element, ...a ? [d.rules.element] : []), t("div", { class: "ml-column ml-middle" }, ...a ? [d.view.element] : [], d.picture.element, d.time.element), t("div", { class: "ml-column ml-losses" }, d.readout.element, d.margin.element, d.sweep.element, d.surface.element)));
	if (!a) for (let e of h.querySelectorAll("select")) e.disabled = !0;
	n.replaceChildren(h);
	let g = te(h), _ = matchMedia("(prefers-color-scheme: dark)"), v = () => {
		g = te(h), i.catalogue !== void 0 && y();
	};
	_.addEventListener("change", v);
	let y = () => {
		for (let e of Object.values(d)) e.update(i, g);
	};
	h.addEventListener("dragover", (e) => {
		e.preventDefault(), h.classList.add("ml-dropping");
	}), h.addEventListener("dragleave", () => h.classList.remove("ml-dropping")), h.addEventListener("drop", (e) => {
		e.preventDefault(), h.classList.remove("ml-dropping");
		let t = e.dataTransfer?.files[0];
		t !== void 0 && a && m(t, c);
	}), h.addEventListener("keydown", (e) => Ir(e, i, c)), r.listen((t) => {
		i.apply(e(t)), y(), r.linked && i.fresh.has("link") && history.replaceState(null, "", `#${i.link}`), requestAnimationFrame(() => r.send({ type: "ack" }));
	}, (e) => {
		l.lost(e), h.classList.add("ml-lost");
	});
	let b = location.hash.slice(1);
	return r.linked && b !== "" && c({
		type: "open",
		link: b
	}), () => {
		_.removeEventListener("change", v), r.close(), n.replaceChildren();
	};
}
function Ir(e, t, n) {
	if (e.target instanceof HTMLInputElement && e.target.type !== "range" || !(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== "z") return;
	e.preventDefault();
	let { undo: r, redo: i } = t.header;
	(e.shiftKey ? i : r) && n({ type: e.shiftKey ? "redo" : "undo" });
}
// src/transports/replay.ts
function Lr(e) {
	let t = () => void 0, n = 0, r = 0, i = e.frames.length - 1;
	function a(i) {
		let a = i > n ? n + 1 : i === 0 ? 0 : i;
		for (let n = a; n <= i; n++) t(zr(Rr(e.frames[n] ?? ""), r !== 0));
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
function Rr(e) {
	let t = atob(e), n = new Uint8Array(t.length);
	for (let e = 0; e < t.length; e++) n[e] = t.charCodeAt(e);
	return n.buffer;
}
function zr(t, n) {
	if (!n) return t;
	let { header: r } = e(t), i = new DataView(t).getUint32(0, !0), a = new TextEncoder().encode(JSON.stringify({
		...r,
		playing: n
	})), o = Math.ceil(a.length / 4) * 4, s = new Uint8Array(4 + o + t.byteLength - 4 - i).fill(32);
	return new DataView(s.buffer).setUint32(0, o, !0), s.set(a, 4), s.set(new Uint8Array(t, 4 + i), 4 + o), s.buffer;
}
// src/transports/socket.ts
function Br() {
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
function Vr(e) {
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
function Hr({ model: e, el: t }) {
	return Fr(t, Vr(e));
}
var Ur = { render: Hr }, Wr = document.getElementById("miniml");
if (Wr !== null) {
	let e = document.getElementById("frames")?.textContent;
	Fr(Wr, e == null ? Br() : Lr(JSON.parse(e)));
}
export { Ur as default };
