;; Loops over pixels, four floats (red, green, blue and one that nobody reads) at a time. A picture is [pixels, 4] of f32 in 0..1,
;; from $at up to $end. The test of this file assembles it into kernels-wasm.ts (vitest -u).
(module
  (memory (export "memory") 1)

  (func $clamp (param $pixel v128) (result v128)
    (f32x4.min (f32x4.max (local.get $pixel) (v128.const f32x4 0 0 0 0)) (v128.const f32x4 1 1 1 1)))

  ;; ITU-R BT.601 luma, as torchvision rounds it.
  (func $luma (param $pixel v128) (result f32)
    (local.set $pixel (f32x4.mul (local.get $pixel) (v128.const f32x4 0.2989 0.587 0.114 0)))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $pixel)) (f32x4.extract_lane 1 (local.get $pixel)))
      (f32x4.extract_lane 2 (local.get $pixel))))

  ;; Each row of bytes, [width, 3], to $side pixels: $indices are byte offsets in the row and $weights theirs, $count a pixel.
  (func (export "scaleAcross")
    (param $source i32) (param $rows i32) (param $stride i32)
    (param $indices i32) (param $weights i32) (param $count i32) (param $side i32) (param $target i32)
    (local $tap i32) (local $pixelEnd i32) (local $rowEnd i32) (local $sum v128)
    (local.set $count (i32.shl (local.get $count) (i32.const 2)))
    (local.set $rowEnd (i32.mul (local.get $side) (local.get $count)))
    (loop $row
      (local.set $tap (i32.const 0))
      (loop $pixel
        (local.set $sum (v128.const f32x4 0 0 0 0))
        (local.set $pixelEnd (i32.add (local.get $tap) (local.get $count)))
        (loop $next
          (local.set $sum
            (f32x4.add
              (local.get $sum)
              (f32x4.mul
                (v128.load32_splat (i32.add (local.get $weights) (local.get $tap)))
                (f32x4.convert_i32x4_u
                  (i32x4.extend_low_i16x8_u
                    (i16x8.extend_low_i8x16_u
                      (v128.load32_zero
                        (i32.add
                          (local.get $source)
                          (i32.load (i32.add (local.get $indices) (local.get $tap)))))))))))
          (local.set $tap (i32.add (local.get $tap) (i32.const 4)))
          (br_if $next (i32.lt_u (local.get $tap) (local.get $pixelEnd))))
        (v128.store (local.get $target) (local.get $sum))
        (local.set $target (i32.add (local.get $target) (i32.const 16)))
        (br_if $pixel (i32.lt_u (local.get $tap) (local.get $rowEnd))))
      (local.set $source (i32.add (local.get $source) (local.get $stride)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $row (local.get $rows))))

  ;; Rows of $side pixels to $side rows: $indices are byte offsets of rows from $source.
  (func (export "scaleDown")
    (param $source i32) (param $indices i32) (param $weights i32) (param $count i32) (param $side i32) (param $target i32)
    (local $tap i32) (local $column i32) (local $rowBytes i32) (local $rows i32) (local $sum v128)
    (local.set $count (i32.shl (local.get $count) (i32.const 2)))
    (local.set $rowBytes (i32.shl (local.get $side) (i32.const 4)))
    (local.set $rows (local.get $side))
    (loop $row
      (local.set $column (i32.const 0))
      (loop $pixel
        (local.set $sum (v128.const f32x4 0 0 0 0))
        (local.set $tap (i32.const 0))
        (loop $next
          (local.set $sum
            (f32x4.add
              (local.get $sum)
              (f32x4.mul
                (v128.load32_splat (i32.add (local.get $weights) (local.get $tap)))
                (v128.load
                  (i32.add
                    (i32.add (local.get $source) (local.get $column))
                    (i32.load (i32.add (local.get $indices) (local.get $tap))))))))
          (local.set $tap (i32.add (local.get $tap) (i32.const 4)))
          (br_if $next (i32.lt_u (local.get $tap) (local.get $count))))
        (v128.store (local.get $target) (local.get $sum))
        (local.set $target (i32.add (local.get $target) (i32.const 16)))
        (local.set $column (i32.add (local.get $column) (i32.const 16)))
        (br_if $pixel (i32.lt_u (local.get $column) (local.get $rowBytes))))
      (local.set $indices (i32.add (local.get $indices) (local.get $count)))
      (local.set $weights (i32.add (local.get $weights) (local.get $count)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $row (local.get $rows))))

  ;; Each value times $factor plus $offset: brightness and contrast.
  (func (export "scaleValues") (param $at i32) (param $end i32) (param $factor f32) (param $offset f32)
    (loop $next
      (v128.store
        (local.get $at)
        (call $clamp
          (f32x4.add
            (f32x4.mul (v128.load (local.get $at)) (f32x4.splat (local.get $factor)))
            (f32x4.splat (local.get $offset)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  (func (export "sumLuma") (param $at i32) (param $end i32) (result f64)
    (local $sum f64)
    (loop $next
      (local.set $sum (f64.add (local.get $sum) (f64.promote_f32 (call $luma (v128.load (local.get $at))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $sum))

  ;; Each value times $factor, its pixel's luma times the rest: saturation, and grey where $factor is 0.
  (func (export "blendWithLuma") (param $at i32) (param $end i32) (param $factor f32)
    (local $pixel v128)
    (loop $next
      (local.set $pixel (v128.load (local.get $at)))
      (v128.store
        (local.get $at)
        (call $clamp
          (f32x4.add
            (f32x4.mul (local.get $pixel) (f32x4.splat (local.get $factor)))
            (f32x4.splat (f32.mul (f32.sub (f32.const 1) (local.get $factor)) (call $luma (local.get $pixel)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Turns the hue in HSV by $turn sixths of a circle. A channel is value - chroma * max(0, min(k, 4 - k, 1)),
  ;; k = (n + hue) mod 6, n = 5, 3, 1.
  (func (export "turnHue") (param $at i32) (param $end i32) (param $turn f32)
    (local $pixel v128) (local $red f32) (local $green f32) (local $blue f32)
    (local $most f32) (local $chroma f32) (local $hue f32) (local $k v128)
    (loop $next
      (local.set $pixel (v128.load (local.get $at)))
      (local.set $red (f32x4.extract_lane 0 (local.get $pixel)))
      (local.set $green (f32x4.extract_lane 1 (local.get $pixel)))
      (local.set $blue (f32x4.extract_lane 2 (local.get $pixel)))
      (local.set $most (f32.max (f32.max (local.get $red) (local.get $green)) (local.get $blue)))
      (local.set $chroma
        (f32.sub (local.get $most) (f32.min (f32.min (local.get $red) (local.get $green)) (local.get $blue))))
      (if (f32.gt (local.get $chroma) (f32.const 0))
        (then
          (local.set $hue
            (if (result f32) (f32.eq (local.get $most) (local.get $red))
              (then (f32.div (f32.sub (local.get $green) (local.get $blue)) (local.get $chroma)))
              (else
                (if (result f32) (f32.eq (local.get $most) (local.get $green))
                  (then
                    (f32.add
                      (f32.const 2)
                      (f32.div (f32.sub (local.get $blue) (local.get $red)) (local.get $chroma))))
                  (else
                    (f32.add
                      (f32.const 4)
                      (f32.div (f32.sub (local.get $red) (local.get $green)) (local.get $chroma))))))))
          (local.set $k
            (f32x4.add (v128.const f32x4 5 3 1 0) (f32x4.splat (f32.add (local.get $hue) (local.get $turn)))))
          (local.set $k
            (f32x4.sub
              (local.get $k)
              (f32x4.mul
                (v128.const f32x4 6 6 6 6)
                (f32x4.floor (f32x4.div (local.get $k) (v128.const f32x4 6 6 6 6))))))
          (v128.store
            (local.get $at)
            (f32x4.sub
              (f32x4.splat (local.get $most))
              (f32x4.mul
                (f32x4.splat (local.get $chroma))
                (call $clamp (f32x4.min (local.get $k) (f32x4.sub (v128.const f32x4 4 4 4 4) (local.get $k)))))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Drops the fourth value of each pixel, in place.
  (func (export "pack") (param $at i32) (param $end i32)
    (local $target i32)
    (local.set $target (local.get $at))
    (loop $next
      (v128.store (local.get $target) (v128.load (local.get $at)))
      (local.set $target (i32.add (local.get $target) (i32.const 12)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))
)
