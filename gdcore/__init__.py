"""The mathematics of the two labs: no screen, no words, no files but its own small data sets.

Reading order, with the equation of each chapter and the page that shows it.

Learning rate (`pages/learning_rate.py`)

    convex_loss        c(θ) = J′(θ)/(θ − θ*), and what a loss knows of itself
    losses             J(θ): quadratic, log cosh, Huber, softplus, θ⁴, |θ|, least squares
    logistic           softplus(θ) − pθ without cancellation
    samples            J(θ; x, y) = 1/(2m) Σ (θx − y)², and the two data sets
    schedules          α(t)
    descent            θ ← θ − α ∂J/∂θ, for many α at once
    rates              1 − αλ; best α, momentum, noise floor
    cycles             where a run ends that cannot settle
    descent_theory     |1 − αc| < 1: what a learning rate does, known beforehand
    step_factors       (θ_{t+1} − θ*)/(θ_t − θ*) = 1 − αc(θ_t), measured and predicted
    mini_batch_noise   E e² ← a·E e² + b: the exact noise floor of a learning rate
    stochastic_descent θ ← θ − α(t) · gradient on a mini-batch, for many schedules and seeds at once
    schedule_race      which α(t) ends lowest: seven schedules and the best constant, by run and by theory
    design_matrix      ŷ = Xθ: columns of a table, raw or standardised
    bowl               J = ½(θ − θ*)ᵀH(θ − θ*), from curvatures or from data
    heavy_ball         v ← βv + ∂J/∂θ, θ ← θ − αv
    bowl_theory        |c_t/c_0| in closed form: what happens along each direction, and how many steps it takes
    dip                J = 0.05θ² − 0.3·exp(−(θ − 3)²/0.18): a local minimum, and how to leave it

Depth (`pages/depth.py`)

    scaled             x = m · 2^e, beyond the range of float64
    three_layers       ∂L/∂w₁ = (ŷ − y)·1·w₃·w₂·x: three layers, factor by factor, with central differences
    chain              ∂L/∂w_i = (ŷ − y) · ∏_{k>i} w_k · y_{i−1}
    chain_depths       log|∂L/∂w₁| against n: slope log|w| or 2·log|w|
    precision          where float16, bfloat16, float32 and float64 give up
    chain_formats      δ_{i−1} = fl(w_i δ_i): the gradient as a computer gets it that rounds every result
    activations        φ with φ′
    initialisers       how weights start
    batch_norm         x̂ = (x − μ)/√(σ² + ε), forward and backward
    objectives         cross-entropy and squared error, with their gradients
    network            h_i = u_{i−1} W_iᵀ, u_i = φ(h_i)
    backpropagation    δ_{i−1} = (δ_i W_i) φ′
    layer_statistics   mean, spread and gradient of each layer
    depth_theory       χ = σ_w² E φ′²: expected growth per layer
    batch_norm_theory  the same with batch norm, where σ_w drops out
    start_theory       σ_w² = fan_in · variance, and the scale that keeps
    starts             signal and gradient of each layer over R random starts
    experiment         σ_w, φ, B, ε, …: one network on digits, to be looked at without and with batch norm
    depth_map          log₁₀‖∂L/∂W_i‖ for 12 depths × 41 scales, shared passes
    comparison         mean, spread, quantiles and gradients of each layer, without and with batch norm
    one_unit           γ(x − μ)/√(σ² + ε) + β: one unit's signal over the batch, before and after
    readings           four readings of batch norm, and a claim judged under each
    batch_norm_growth  how fast gradients grow towards the input with batch norm, measured and predicted
    in_place           u ← φ(u), δ ← δ φ′, with φ′ read from u
    parameters         all of θ in one flat array
    batch_norm_in_place ∂L/∂x = f [δ − mean(δ) − h Σδh/r²], f = γ√B/r
    training_pass      forward and backward pass in place: the fast twin of network and backpropagation
    inference          running statistics, folded into the weights
    digit_batches      digits to train on, and digits held out
    training           θ ← θ − α(t) · ∂L/∂θ on one mini-batch after another
    loss_map           final loss over learning rate × weight scale, computed once and shipped
"""

import os

# The networks here are small: a second thread of the matrix library gains little and waits long on a busy machine. It
# reads this when numpy is first loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
